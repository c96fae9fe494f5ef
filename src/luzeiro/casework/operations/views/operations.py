"""Operations: proposed, joined, given an hour, ended; their figures and papers."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.access import lead_for
from luzeiro.casework.officers.models import Role
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.operations.access import (
    board_for,
    invitation_for,
    leads_it,
    operation_for,
    operations_of,
    takes_part,
    targets_of,
)
from luzeiro.casework.operations.forms import BringForm, HourForm, InviteForm, ProposeForm
from luzeiro.casework.operations.ledger import figures_of
from luzeiro.casework.operations.models import OutcomeWhat
from luzeiro.casework.operations.outcomes import What
from luzeiro.casework.operations.papers import (
    communique_text,
    table_by_country,
    write_communique,
    write_report,
)
from luzeiro.casework.operations.services import answer, bring, end, invite, propose, set_hour
from luzeiro.casework.operations.views.answers import told_to
from luzeiro.casework.paper.instants import parse_echo
from luzeiro.casework.paper.phrases import LANGUAGES, paper_language


@require_http_methods(["GET", "POST"])
def listed(request: OfficerRequest) -> HttpResponse:
    """The officer's operations; a coordinator proposes another."""
    coordinates = Role.COORDINATOR in request.user.roles
    form = ProposeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not coordinates:
            raise Http404
        if form.is_valid():
            made = propose(**form.cleaned_data, by=request.user, now=timezone.now())
            return redirect("operations:operation", made.pk)
    found = [
        (one, one.participations.filter(unit=request.user.unit, answered_at=None).first())
        for one in operations_of(request.user)[:100]
    ]
    shown = {"operations": found, "form": form, "coordinates": coordinates}
    return render(request, "operations/list.html", shown, status=422 if form.errors else 200)


@require_safe
def shown(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    found = operation_for(request.user, operation_id)
    joined = takes_part(request.user, found)
    told = {
        "found": found,
        "joined": joined,
        "leads_it": leads_it(request.user, found),
        "participations": found.participations.select_related("unit"),
        "mine": targets_of(request.user).filter(operation=found) if joined else [],
        "invite_form": InviteForm(operation=found),
        "hour_form": HourForm(),
        "bring_form": BringForm(officer=request.user, operation=found),
        "languages": LANGUAGES,
        "editions": _editions(request, found.name),
    }
    return render(request, "operations/operation.html", told)


@require_POST
def invited(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    found = operation_for(request.user, operation_id)
    form = InviteForm(request.POST, operation=found)
    if form.is_valid():
        with told_to(request):
            invite(
                operation=found, unit=form.cleaned_data["unit"], by=request.user,
                now=timezone.now(),
            )  # fmt: skip
    return redirect("operations:operation", operation_id)


@require_POST
def answered(request: OfficerRequest, invitation_id: int) -> HttpResponse:
    invitation = invitation_for(request.user, invitation_id)
    with told_to(request):
        answer(
            invitation=invitation,
            accepted=request.POST.get("accept") == "yes",
            by=request.user,
            now=timezone.now(),
        )
    return redirect("operations:list")


@require_POST
def hour(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    found = operation_for(request.user, operation_id)
    form = HourForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a day and an hour, in UTC."))
        return redirect("operations:operation", operation_id)
    with told_to(request):
        set_hour(
            operation=found, h_hour_at=form.cleaned_data["at"], by=request.user,
            now=timezone.now(),
        )  # fmt: skip
    return redirect("operations:operation", operation_id)


@require_POST
def ended(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    found = operation_for(request.user, operation_id)
    with told_to(request):
        end(operation=found, by=request.user, now=timezone.now())
    return redirect("operations:operation", operation_id)


@require_POST
def brought(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    found = board_for(request.user, operation_id)
    form = BringForm(request.POST, officer=request.user, operation=found)
    if not form.is_valid():
        messages.error(request, _("Choose a lead."))
        return redirect("operations:operation", operation_id)
    lead = lead_for(request.user, form.cleaned_data["lead"].pk)
    with told_to(request):
        bring(operation=found, lead=lead, by=request.user, now=timezone.now())
    return redirect("operations:operation", operation_id)


@require_safe
def counted(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    """What came of it, as the ledger said at an instant."""
    found = board_for(request.user, operation_id)
    as_of, language = _as_of(request), paper_language(get_language() or "en")
    figures = figures_of(found, as_of=as_of)
    rows = table_by_country(figures, language)
    most = max((row[2] for row in rows), default=0) or 1
    told = {
        "found": found,
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
    now = timezone.now()
    as_of = _as_of(request)
    pdf = writers[kind](figures_of(found, as_of=as_of), language, sample=found.sample)
    facts = {"kind": kind, "language": language, "as_of": as_of.isoformat()}
    with transaction.atomic():
        record("operation.paper", subject=found.pk, actor=request.user, at=now, facts=facts)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{kind}-{language}.pdf"'
    return response


def _editions(request: OfficerRequest, name: str) -> list[tuple[str, int, int]]:
    """Editions of the same operation, oldest first: edition, searches, arrests."""
    same = operations_of(request.user).filter(name=name).order_by("proposed_at")
    found = [
        (one.edition or "–", figures_of(one, as_of=timezone.now()))
        for one in same
        if takes_part(request.user, one)
    ]
    return [(edition, held.of(What.SEARCH), held.of(What.ARREST)) for edition, held in found]


def _as_of(request: OfficerRequest) -> datetime:
    """The instant asked for, with its offset; else now."""
    try:
        return min(parse_echo(request.GET.get("as_of", "")), timezone.now())
    except ValueError:
        return timezone.now()
