"""Requests: drawn up from a lead, approved by another, taken out to be sent."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luzeiro.casework.leads.access import lead_for
from luzeiro.casework.leads.views.pages import purpose_in_force
from luzeiro.casework.officers.models import Role
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.paper.phrases import paper_language, phrases
from luzeiro.casework.refusals import Refusal
from luzeiro.casework.requests.access import request_for, requests_of
from luzeiro.casework.requests.document import Kind
from luzeiro.casework.requests.drafting import prospect
from luzeiro.casework.requests.forms import DrawForm, LineForm, ReasonForm, ReturnForm
from luzeiro.casework.requests.services import approve, draw_up, take, withdraw
from luzeiro.casework.requests.written import read_json, row_of

FORMS = {"pdf": "application/pdf", "json": "application/json"}


@require_safe
def listed(request: OfficerRequest) -> HttpResponse:
    """The unit's requests, those whose records are lost first at the top."""
    found = requests_of(request.user)[:300]
    return render(request, "requests/list.html", {"requests": found, "now": timezone.now()})


@require_http_methods(["GET", "POST"])
def draw(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    """Show what a request about a lead would hold, and what not and why; then draw it up."""
    lead, now = lead_for(request.user, lead_id), timezone.now()
    if purpose_in_force(request, lead, now) is None:
        return redirect("leads:lead", lead_id)  # which asks why first
    form = DrawForm(request.POST if request.method == "POST" else None)
    try:
        found = prospect(lead, now=now)
        if request.method == "POST" and form.is_valid():
            made = draw_up(
                lead=lead,
                kind=Kind(form.cleaned_data["kind"]),
                language=form.cleaned_data["language"],
                by=request.user,
                now=now,
            )
            messages.success(request, _("Drawn up. Another supervisor must approve it."))
            return redirect("requests:request", made.pk)
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
        return redirect("leads:lead", lead_id)
    words = phrases("requests", paper_language(get_language() or "en"))
    law = found.law
    form.fields["language"].initial = law.languages[0]
    shown = {
        "lead": lead,
        "form": form,
        "prospect": found,
        "zone": law.zone_of(lead.region),
        "reasons": [
            (words[f"reason_{reason.name.lower()}"], count)
            for reason, count in found.choice.reasons().items()
        ],
        "country": law.name[paper_language(get_language() or "en")],
    }
    return render(request, "requests/draw.html", shown)


@require_safe
def shown(request: OfficerRequest, request_id: UUID) -> HttpResponse:
    found = request_for(request.user, request_id)
    document = read_json(found.document)
    told = {
        "found": found,
        "document": document,
        "rows": [row_of(line, document.zone) for line in document.lines],
        "unconfirmed": [one for one in document.basis if not one.known],
        "now": timezone.now(),
        "may_approve": Role.SUPERVISOR in request.user.roles
        and found.drawn_by_id != request.user.pk,
        "returns": found.returns.all(),
        "return_form": ReturnForm(),
        "line_form": LineForm(),
        "reason_form": ReasonForm(),
    }
    return render(request, "requests/request.html", told)


@require_POST
def approved(request: OfficerRequest, request_id: UUID) -> HttpResponse:
    found = request_for(request.user, request_id)
    try:
        approve(request=found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    else:
        messages.success(request, _("Approved. It can leave now."))
    return redirect("requests:request", request_id)


@require_POST
def withdrawn(request: OfficerRequest, request_id: UUID) -> HttpResponse:
    found = request_for(request.user, request_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a reason."))
        return redirect("requests:request", request_id)
    try:
        withdraw(
            request=found, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    return redirect("requests:request", request_id)


@require_POST
def taken(request: OfficerRequest, request_id: UUID, form: str) -> HttpResponse:
    """Give an approved request's paper or its data."""
    found = request_for(request.user, request_id)
    if form not in FORMS:
        raise Http404
    try:
        data = take(request=found, form=form, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
        return redirect("requests:request", request_id)
    response = HttpResponse(data, content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.{form}"'
    return response
