"""Lay casework's tables, then run another command, in one process: starting takes seconds."""

from argparse import REMAINDER, ArgumentParser

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the other command and its words."""
        parser.add_argument("words", nargs=REMAINDER)

    def handle(self, *_args: object, **options: list[str]) -> None:
        """Do both; what the other one prints is printed."""
        call_command("migrate", verbosity=0)
        if options["words"]:
            call_command(*options["words"], stdout=self.stdout)
