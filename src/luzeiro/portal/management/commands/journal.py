"""Carry the journal into the evidence log, or check what was carried; tells it as JSON."""

import json
from argparse import ArgumentParser
from contextlib import closing
from dataclasses import asdict

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from luzeiro.casework.journal.carrying import JournalBusyError, carry, check
from luzeiro.casework.journal.models import JournalEntry
from luzeiro.evidence.log import LogError
from luzeiro.evidence.signer import KeyFileError
from luzeiro.evidence.tiles import TilesError
from luzeiro.hub.hub import Hub


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do."""
        parser.add_argument("what", choices=("carry", "check"))

    def handle(self, *_args: object, **options: str) -> None:
        """Do it once."""
        folder = settings.HOME / "hub"
        if not (folder / "key").exists() and not JournalEntry.objects.filter(sample=False).exists():
            told: dict[str, object] = {"carried": 0, "waiting": 0, "findings": []}
        else:
            try:
                with closing(Hub(folder)) as hub:
                    told = _carried(hub) if options["what"] == "carry" else asdict(check(hub.log))
            except (JournalBusyError, KeyFileError, LogError, TilesError) as error:
                raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(told))


def _carried(hub: Hub) -> dict[str, object]:
    carried = 0
    while fresh := carry(hub, now=timezone.now()):
        carried += fresh
    return {"carried": carried}
