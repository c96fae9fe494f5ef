"""One target: its checks, its order, its moves, what came of it, and its briefing sheet."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.operations.access import outcome_for, target_for
from luzeiro.casework.operations.checks import Check
from luzeiro.casework.operations.forms import CorrectForm, OrderForm, OutcomeForm, PeopleForm
from luzeiro.casework.operations.ledger import add_outcome, correct
from luzeiro.casework.operations.models import Target, TargetState
from luzeiro.casework.operations.outcomes import What
from luzeiro.casework.operations.papers import Briefing, write_briefing
from luzeiro.casework.operations.services import authorise, failing_of, move, note_people
from luzeiro.casework.operations.states import MOVES, State
from luzeiro.casework.operations.views.answers import told_to
from luzeiro.casework.operations.words import check_told
from luzeiro.casework.paper.phrases import paper_language
from luzeiro.casework.requests.access import may_see_subscribers, subscribers_for
from luzeiro.casework.requests.models import Return

_FILES = 60


@require_safe
def shown(request: OfficerRequest, target_id: UUID) -> HttpResponse:
    target = target_for(request.user, target_id)
    missing = failing_of(target, target.operation, now=timezone.now())
    told = {
        "target": target,
        "checks": [(check_told(one), one not in missing) for one in Check],
        "moves": [
            (to.value, TargetState(to.value).label)
            for to in State
            if to in MOVES[State(target.state)] and to is not State.AUTHORISED
        ],
        "back": State.AUTHORISED in MOVES[State(target.state)]
        and target.state == TargetState.READY,
        "may_order": target.state == TargetState.PROPOSED,
        "order_form": OrderForm(),
        "people_form": PeopleForm(initial={"people": target.people_at_risk}),
        "outcome_form": OutcomeForm(),
        "correct_form": CorrectForm(),
        "entered": target.entered_at is not None,
        "outcomes": target.outcomes.select_related("recorded_by", "corrected_by"),
        "events": target.events.select_related("by"),
    }
    return render(request, "operations/target.html", told)


@require_POST
def ordered(request: OfficerRequest, target_id: UUID) -> HttpResponse:
    target = target_for(request.user, target_id)
    form = OrderForm(request.POST)
    if form.is_valid():
        with told_to(request):
            authorise(target=target, **form.cleaned_data, by=request.user, now=timezone.now())
    else:
        messages.error(request, _("Give the order's number and its last day."))
    return redirect("operations:target", target_id)


@require_POST
def people(request: OfficerRequest, target_id: UUID) -> HttpResponse:
    target = target_for(request.user, target_id)
    form = PeopleForm(request.POST)
    if form.is_valid():
        with told_to(request):
            note_people(target=target, **form.cleaned_data, by=request.user, now=timezone.now())
    return redirect("operations:target", target_id)


@require_POST
def moved(request: OfficerRequest, target_id: UUID) -> HttpResponse:
    target = target_for(request.user, target_id)
    asked = request.POST.get("to", "")
    if asked in set(State):
        with told_to(request):
            move(target=target, to=State(asked), by=request.user, now=timezone.now())
    return redirect("operations:target", target_id)


@require_POST
def came_of_it(request: OfficerRequest, target_id: UUID) -> HttpResponse:
    target = target_for(request.user, target_id)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors.as_text())
        return redirect("operations:target", target_id)
    told = form.cleaned_data
    with told_to(request):
        add_outcome(
            target=target, what=What(told["what"]), count=told["count"], detail=told["detail"],
            by=request.user, now=timezone.now(),
        )  # fmt: skip
    return redirect("operations:target", target_id)


@require_POST
def corrected(request: OfficerRequest, outcome_id: int) -> HttpResponse:
    outcome = outcome_for(request.user, outcome_id)
    form = CorrectForm(request.POST)
    if form.is_valid():
        with told_to(request):
            correct(outcome=outcome, **form.cleaned_data, by=request.user, now=timezone.now())
    else:
        messages.error(request, _("Give the right number and a reason."))
    return redirect("operations:target", outcome.target_id)


@require_POST
def briefing(request: OfficerRequest, target_id: UUID) -> HttpResponse:
    """The sheet for the team. Doors stand on it only for those who may see the subscriber."""
    target, now = target_for(request.user, target_id), timezone.now()
    language = paper_language(request.user.language)
    with override(request.user.language):
        missing = [check_told(one) for one in failing_of(target, target.operation, now=now)]
    pdf = write_briefing(_briefing(request, target, tuple(missing)), language)
    with transaction.atomic():
        record("target.briefed", subject=target.pk, actor=request.user, at=now)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{target.code}.pdf"'
    return response


def _briefing(request: OfficerRequest, target: Target, missing: tuple[str, ...]) -> Briefing:
    lead, expires = target.lead, target.order_expires_on
    returns = Return.objects.filter(request__lead=lead).select_related("request__lead")
    doors = {
        (one.name, one.installation_address)
        for returned in returns
        if returned.usable and may_see_subscribers(request.user, returned)
        for one in subscribers_for(request.user, returned)
    }
    return Briefing(
        operation=str(target.operation),
        code=target.code,
        unit=target.unit.name,
        h_hour_at=target.operation.h_hour_at,
        zone=target.zone,
        order_number=target.order_number,
        order_expires_on=expires.isoformat() if expires else "",
        people_at_risk=target.people_at_risk,
        doors=tuple(sorted(doors)),
        installs=tuple((one.client, one.kind, one.value) for one in lead.installs.all()[:20]),
        files=tuple(
            (one.identifier_kind, one.identifier, one.category) for one in lead.files.all()[:_FILES]
        ),
        failing=missing,
        made_at=timezone.now(),
        made_by=request.user.name,
        sample=target.sample,
    )
