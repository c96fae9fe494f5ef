"""Bring leads up to date: follow new segments, recall what was withdrawn, let recency decay."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from luzeiro.casework.leads.builder import follow, rebuild, recall, refresh
from luzeiro.casework.leads.hub import hub_material
from luzeiro.casework.leads.recalls import withdrawn_entries
from luzeiro.sightings.store import StoreError


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one flag."""
        parser.add_argument("--rebuild", action="store_true", help="Read every segment again.")

    def handle(self, *_args: object, **options: bool) -> None:
        """Do it once, and say what was done."""
        now, material = timezone.now(), hub_material()
        recalled = recall(withdrawn_entries(), reason="votes withdrawn", now=now)
        try:
            done = (rebuild if options["rebuild"] else follow)(material, now=now)
        except StoreError as error:
            raise CommandError(str(error)) from error
        ranked = refresh(now=now)
        self.stdout.write(
            f"{done.segments} segments, {done.addresses} addresses; {recalled} leads recalled, "
            f"{ranked} ranked anew."
        )
