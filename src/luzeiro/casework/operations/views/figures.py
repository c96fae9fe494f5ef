"""What operations came to: figures as of an instant, their papers and data, editions compared."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.operations.access import board_for, editions_for, targets_on_board
from luzeiro.casework.operations.editions import editions_of
from luzeiro.casework.operations.ledger import figures_of
from luzeiro.casework.operations.models import Operation, OutcomeWhat
from luzeiro.casework.operations.outcomes import Figures, What
from luzeiro.casework.operations.papers import (
    communique_text,
    country_name,
    table_by_country,
    write_communique,
    write_report,
)
from luzeiro.casework.operations.written import editions_told, write_figures
from luzeiro.casework.paper.instants import parse_echo, utc_text
from luzeiro.casework.paper.phrases import LANGUAGES, paper_language


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of figures; they are what stands in the address bar."""

    as_of: datetime
    country: str
    query: str  # as the address bar has them, for the papers' buttons

    def figures(self, operation: Operation) -> Figures:
        return figures_of(operation, as_of=self.as_of, country=self.country)


@require_safe
def counted(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    """What came of it, as the ledger said at an instant."""
    found = board_for(request.user, operation_id)
    asked, language = _asked(request, found), paper_language(get_language() or "en")
    figures = asked.figures(found)
    rows = table_by_country(figures, language)
    most = max((row[2] for row in rows), default=0) or 1
    told = {
        "found": found,
        "asked": asked,
        "as_of_text": utc_text(asked.as_of),
        "countries": [(code, country_name(code, language)) for code in _countries(found)],
        "figures": figures,
        "counts": [(OutcomeWhat(what.value).label, figures.of(what)) for what in What],
        "rows": [(*row, row[2] / most) for row in rows],
        "total": (sum(row[1] for row in rows), sum(row[2] for row in rows)),
        "sentences": communique_text(figures, language),
        "languages": LANGUAGES,
        "rates": [
            (_("Wrong address"), figures.wrong_addresses),
            (_("No watched file on the devices"), figures.not_confirmed),
        ],
    }
    return render(request, "operations/figures.html", told)


@require_POST
def paper(request: OfficerRequest, operation_id: UUID, kind: str, language: str) -> HttpResponse:
    """A communiqué or a report as PDF/A; that it left is journalled."""
    found = board_for(request.user, operation_id)
    writers = {"communique": write_communique, "report": write_report}
    if kind not in writers or language not in LANGUAGES:
        raise Http404
    asked = _asked(request, found)
    pdf = writers[kind](asked.figures(found), language, sample=found.sample)
    _leaves(request, found, asked, kind=kind, form="pdf", language=language)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{kind}-{language}.pdf"'
    return response


@require_POST
def report_json(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    """The operation report for machines; that it left is journalled."""
    found = board_for(request.user, operation_id)
    asked = _asked(request, found)
    written = write_figures(asked.figures(found), sample=found.sample)
    _leaves(request, found, asked, kind="report", form="json", language="")
    response = HttpResponse(written, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="report.json"'
    return response


@require_safe
def editions(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    """Editions of the same operation beside one another; the chart fetches its own data."""
    found = board_for(request.user, operation_id)
    as_of = timezone.now()
    told = {
        "found": found,
        "as_of": as_of,
        "rows": [
            (one, [one.figures.of(what) for what in SHOWN])
            for one in editions_of(editions_for(request.user, found), as_of=as_of)
        ],
        "columns": [OutcomeWhat(what.value).label for what in SHOWN],
    }
    return render(request, "operations/editions.html", told)


@require_safe
def editions_json(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    """The same as data, with its filters and its as-of time."""
    found = board_for(request.user, operation_id)
    counted = editions_of(editions_for(request.user, found), as_of=timezone.now())
    return JsonResponse(editions_told(counted, name=found.name, unit=request.user.unit.name))


SHOWN = (What.SEARCH, What.ARREST, What.DEVICE, What.CHILD_SAFEGUARDED, What.PRODUCTION)


def _leaves(
    request: OfficerRequest, found: Operation, asked: Asked, *, kind: str, form: str, language: str
) -> None:
    facts = {
        "kind": kind, "form": form, "language": language, "as_of": utc_text(asked.as_of),
        "country": asked.country,
    }  # fmt: skip
    with transaction.atomic():
        record(
            "operation.paper", subject=found.pk, actor=request.user, at=timezone.now(), facts=facts
        )


def _asked(request: OfficerRequest, found: Operation) -> Asked:
    """The filters asked for; what cannot be read asks nothing."""
    now = timezone.now()
    try:
        as_of = min(parse_echo(request.GET.get("as_of", "")), now)
    except ValueError:
        as_of = now
    country = request.GET.get("country", "")
    country = country if country in _countries(found) else ""
    held = {"as_of": utc_text(as_of) if as_of != now else "", "country": country}
    return Asked(as_of, country, urlencode({key: value for key, value in held.items() if value}))


def _countries(found: Operation) -> list[str]:
    codes = targets_on_board(found).order_by().values_list("country", flat=True)
    return sorted(set(codes))
