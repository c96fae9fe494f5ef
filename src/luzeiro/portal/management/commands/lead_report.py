"""Draw up a report about a lead, for an evidence package of it, and write both its forms."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.refusals import NoSuchLead
from luzeiro.casework.paper.phrases import LANGUAGES
from luzeiro.casework.refusals import Refusal
from luzeiro.casework.reports.services import draw_up
from luzeiro.casework.requests.jurisdictions.table import jurisdictions
from luzeiro.evidence import durable


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a lead, a folder that is there, and if need be a language."""
        parser.add_argument("lead", type=UUID)
        parser.add_argument("--into", type=Path, required=True, help="where both forms go")
        parser.add_argument("--purpose", default="")
        parser.add_argument(
            "--language", choices=LANGUAGES, help="else that of the country's own papers"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        """Print the report's reference."""
        try:
            lead = Lead.objects.select_related("unit").filter(pk=options["lead"]).first()
            if lead is None:
                raise NoSuchLead(lead=options["lead"])
            law = jurisdictions().get(lead.country)
            made = draw_up(
                lead=lead,
                language=options["language"] or (law.languages[0] if law else "en"),
                purpose=options["purpose"],
                by=None,
                home=settings.HOME,
                now=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.for_people()) from refusal
        durable.put(options["into"] / "report.pdf", bytes(made.pdf))
        durable.put(options["into"] / "report.json", made.document.encode())
        self.stdout.write(made.reference)
