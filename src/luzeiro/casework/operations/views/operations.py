"""Operations: proposed, joined, given an hour and limits, ended."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

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
from luzeiro.casework.operations.forms import (
    BringForm,
    HourForm,
    InviteForm,
    LimitsForm,
    ProposeForm,
)
from luzeiro.casework.operations.services import (
    answer,
    bring,
    end,
    invite,
    propose,
    set_hour,
    set_limits,
)
from luzeiro.casework.operations.views.answers import told_to


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
        "limits_form": LimitsForm(
            initial={"fresh_days": found.fresh_days, "silent_minutes": found.silent_minutes}
        ),
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
def limited(request: OfficerRequest, operation_id: UUID) -> HttpResponse:
    found = operation_for(request.user, operation_id)
    form = LimitsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give 1 to 365 days and 1 to 1440 minutes."))
        return redirect("operations:operation", operation_id)
    with told_to(request):
        set_limits(operation=found, **form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, _("Set, for all units of the operation."))
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
