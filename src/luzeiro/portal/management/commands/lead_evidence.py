"""Tell which sightings a lead rests on, or record that a package of them leaves the building."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from luzeiro.casework.leads.evidence import evidence_of
from luzeiro.casework.leads.services import record_package
from luzeiro.casework.refusals import Refusal


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a word and a lead's id, and for `record` what is to be recorded."""
        parser.add_argument("deed", choices=["show", "record"])
        parser.add_argument("lead", type=UUID)
        parser.add_argument("--purpose", default="")
        parser.add_argument("--facts", type=json.loads, default={}, help="a JSON object")

    def handle(self, *_args: object, **options: Any) -> None:
        """`show` prints one JSON object; `record` prints nothing."""
        lead = options["lead"]
        try:
            found = evidence_of(lead)
        except Refusal as refusal:
            raise CommandError(refusal.for_people()) from refusal
        if options["deed"] == "show":
            told = {
                **asdict(found),
                "first_seen_at": found.first_seen_at.isoformat(),
                "last_seen_at": found.last_seen_at.isoformat(),
            }
            self.stdout.write(json.dumps(told))
            return
        record_package(
            lead_id=lead,
            purpose=options["purpose"],
            facts=options["facts"],
            by=None,
            now=timezone.now(),
        )
