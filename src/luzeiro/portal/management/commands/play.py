"""Load the sample's operation, if it is not there, and play its day on the board."""

import time
from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from luzeiro.casework.operations.sample import load, play
from luzeiro.portal.sample import is_loaded


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how long the day lasts."""
        parser.add_argument("--seconds", type=float, default=180.0)

    def handle(self, *_args: object, **options: float) -> None:
        """Play it once: a day that has ended is not played again."""
        if not is_loaded():
            raise CommandError("There is no sample here. Run 'luzeiro demo load' first.")
        found = load(now=timezone.now())
        if found.ended_at is not None:
            raise CommandError("The sample's operation has ended. Remove and load the sample anew.")
        arrests = play(
            found, over=timedelta(seconds=options["seconds"]), now=timezone.now, sleep=time.sleep
        )
        self.stdout.write(f"{arrests} people arrested, by the ledger")
