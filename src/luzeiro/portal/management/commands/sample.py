"""Load the sample, remove it, or print one-time sign-in paths for its officers."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from luzeiro.casework.refusals import Refusal
from luzeiro.portal.sample import is_loaded, links, load, remove


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one word."""
        parser.add_argument("deed", choices=["load", "remove", "links"])

    def handle(self, *_args: object, **options: str) -> None:
        """Do it; `links` prints a role and a path a line."""
        try:
            {"load": self._load, "remove": remove, "links": self._links}[options["deed"]]()
        except Refusal as refusal:
            raise CommandError(refusal.for_people()) from refusal

    def _load(self) -> None:
        load(now=timezone.now())

    def _links(self) -> None:
        if not is_loaded():
            raise CommandError("There is no sample here. Run 'luzeiro demo load' first.")
        for role, token in links(now=timezone.now()):
            self.stdout.write(f"{role} {reverse('officers:welcome', args=[token])}")
