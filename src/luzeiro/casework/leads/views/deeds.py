"""What an officer does with a lead: door, form, service, answer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from luzeiro.casework.deconfliction.services import claim_address
from luzeiro.casework.leads.access import lead_for
from luzeiro.casework.leads.forms import (
    AssignForm,
    CloseForm,
    NoteForm,
    TaskForm,
    UnitChoiceForm,
    WeightsForm,
)
from luzeiro.casework.leads.models import Task, Weights
from luzeiro.casework.leads.ranking import Weighing
from luzeiro.casework.leads.services import (
    add_task,
    assign_lead,
    close_lead,
    finish_task,
    give_to_unit,
    set_weights,
    unassign_lead,
    write_note,
)
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.refusals import Refusal


@require_POST
def claim(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    lead = lead_for(request.user, lead_id)
    try:
        claim_address(address=lead.address, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    else:
        messages.success(request, _("Your unit works this address now. Other units are told so."))
    return redirect("leads:lead", lead_id)


@require_POST
def assign(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    lead = lead_for(request.user, lead_id)
    form = AssignForm(request.POST, officer=request.user)
    if not form.is_valid():
        messages.error(request, _("Choose an officer."))
        return redirect("leads:lead", lead_id)
    officer = form.cleaned_data["officer"]
    try:
        assign_lead(lead=lead, to=officer, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    else:
        messages.success(request, _("%(officer)s has the lead.") % {"officer": officer})
    return redirect("leads:lead", lead_id)


@require_POST
def unassign(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    unassign_lead(lead=lead_for(request.user, lead_id), by=request.user, now=timezone.now())
    return redirect("leads:lead", lead_id)


@require_POST
def give(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    lead = lead_for(request.user, lead_id)
    form = UnitChoiceForm(request.POST)
    if not form.is_valid():
        return redirect("leads:lead", lead_id)
    unit = form.cleaned_data["unit"]
    try:
        give_to_unit(lead=lead, unit=unit, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
        return redirect("leads:lead", lead_id)
    messages.success(request, _("%(unit)s has the lead.") % {"unit": unit})
    return redirect("leads:list")


@require_POST
def close(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    lead = lead_for(request.user, lead_id)
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            close_lead(
                lead=lead, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            messages.error(request, refusal.for_people())
    else:
        messages.error(request, _("Give a reason."))
    return redirect("leads:lead", lead_id)


@require_POST
def note(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    lead = lead_for(request.user, lead_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        write_note(lead=lead, text=form.cleaned_data["text"], by=request.user, now=timezone.now())
    return redirect(f"{lead_path(lead_id)}?tab=notes")


@require_POST
def task(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    lead = lead_for(request.user, lead_id)
    form = TaskForm(request.POST)
    if form.is_valid():
        add_task(lead=lead, **form.cleaned_data, by=request.user, now=timezone.now())
    return redirect(f"{lead_path(lead_id)}?tab=notes")


@require_POST
def task_done(request: OfficerRequest, lead_id: UUID, task_id: int) -> HttpResponse:
    lead = lead_for(request.user, lead_id)
    finish_task(
        task=get_object_or_404(Task, pk=task_id, lead=lead), by=request.user, now=timezone.now()
    )
    return redirect(f"{lead_path(lead_id)}?tab=notes")


@require_http_methods(["GET", "POST"])
def weights(request: OfficerRequest) -> HttpResponse:
    """The weights of the unit's ranking, one table."""
    held = Weights.objects.filter(unit=request.user.unit).first()
    weighing = Weighing(**held.values) if held else Weighing()
    form = WeightsForm(request.POST or None, weighing=weighing, labels=_labels())
    if request.method == "POST" and form.is_valid():
        set_weights(
            unit=request.user.unit, values=form.cleaned_data, by=request.user, now=timezone.now()
        )
        messages.success(request, _("The leads of your unit are ranked anew."))
        return redirect("leads:weights")
    return render(request, "leads/weights.html", {"form": form}, status=422 if form.errors else 200)


def lead_path(lead_id: UUID) -> str:
    return f"/leads/{lead_id}"


def _labels() -> dict[str, str]:
    return {
        "severity": _("Severity of the categories"),
        "entries": _("Number of distinct files"),
        "availability": _("How much it adds to rare files' availability"),
        "persistence": _("Days on which it was seen"),
        "recency": _("How lately it was seen"),
        "grade": _("Strength of the statements"),
        "role": _("Holds whole files"),
    }
