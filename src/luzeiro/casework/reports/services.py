"""What officers do with reports. Each deed and its journal entry are one transaction.

The journal keeps the digests of both forms, and goes into the evidence log: so it can be shown
later that a PDF is the one that was drawn up, whoever kept it (docs/decisions/0015).
"""

import hashlib
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.paper.rows import Misread
from luzeiro.casework.paper.typeset import CannotTypeset
from luzeiro.casework.reports.document import Overstated
from luzeiro.casework.reports.drafting import Author, draw
from luzeiro.casework.reports.models import Report
from luzeiro.casework.reports.papers import seal
from luzeiro.casework.reports.refusals import ReportRefused

HUB = "Luzeiro"  # who draws up a report for a package: no officer


@transaction.atomic
def draw_up(
    *, lead: Lead, language: str, purpose: str, by: Officer | None, home: Path, now: datetime
) -> Report:
    """Draw a report up from a lead's records; `by` None: the hub does, for a package.

    Raises:
        Withdrawn, NothingToReport: there is nothing that it could rest on.
        ReportRefused: its forms do not read back as what was meant.
    """
    unit, number = by.unit if by else lead.unit, uuid4()
    author = Author(name=by.name if by else HUB, unit=unit)
    try:
        document = draw(lead, language=language, number=number, by=author, home=home, now=now)
        sealed = seal(document)
    except (Misread, CannotTypeset, Overstated) as error:
        raise ReportRefused(why=str(error)) from error
    made = Report.objects.create(
        id=number,
        reference=document.reference,
        lead=lead,
        unit=unit,
        language=language,
        document=sealed.json.decode(),
        sha256=sealed.sha256,
        pdf=sealed.pdf,
        pdf_sha256=hashlib.sha256(sealed.pdf).hexdigest(),
        drawn_by=by,
        drawn_at=now,
        sample=lead.sample,
    )
    record(
        "report.drawn-up", subject=lead.pk, actor=by, at=now, purpose=purpose, sample=lead.sample,
        facts=_facts(made),
    )  # fmt: skip
    return made


@transaction.atomic
def take(*, report: Report, form: str, purpose: str, by: Officer, now: datetime) -> bytes:
    """Give a form ("pdf", "json") of a report, to leave the building."""
    record(
        "report.taken", subject=report.lead_id, actor=by, at=now, purpose=purpose,
        facts={**_facts(report), "form": form},
    )  # fmt: skip
    return bytes(report.pdf) if form == "pdf" else report.document.encode()


def _facts(report: Report) -> dict[str, object]:
    return {
        "report": report.reference,
        "language": report.language,
        "json_sha256": report.sha256,
        "pdf_sha256": report.pdf_sha256,
    }
