"""Who works which address: claims, offers between units, and the question about any address."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luzeiro.casework.deconfliction.access import (
    claim_for,
    claims_of,
    is_stale,
    offer_for,
    offers_of,
)
from luzeiro.casework.deconfliction.services import (
    answer,
    claim_address,
    notice_for,
    offer,
    parse_address,
    release,
    standing_claim,
)
from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.access import leads_of
from luzeiro.casework.leads.forms import AddressForm
from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.refusals import Refusal


class OfferForm(forms.Form):
    unit = forms.ModelChoiceField(label=gettext_lazy("Unit"), queryset=Unit.objects.none())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args: object, officer: Officer, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Unit.objects.exclude(pk=officer.unit_id)


@require_http_methods(["GET", "POST"])
def check(request: OfficerRequest) -> HttpResponse:
    """Ask about an address; the answer names a unit and its contact, or nobody."""
    form = AddressForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "deconfliction/check.html", {"form": form}, status=status)
    try:
        address = parse_address(form.cleaned_data["address"])
    except Refusal as refusal:
        form.add_error("address", refusal.for_people())
        return render(request, "deconfliction/check.html", {"form": form}, status=422)
    with transaction.atomic():
        record(
            "address.checked",
            subject=address,
            actor=request.user,
            at=timezone.now(),
            purpose=form.told(),
        )
    claim = standing_claim(address)
    shown = {
        "form": form,
        "address": address,
        "notice": notice_for(address, request.user),
        "ours": claim if claim and claim.unit_id == request.user.unit_id else None,
        "leads": leads_of(request.user).filter(address=address),
    }
    return render(request, "deconfliction/check.html", shown)


@require_POST
def claim(request: OfficerRequest) -> HttpResponse:
    try:
        address = parse_address(request.POST.get("address", ""))
        claim_address(address=address, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    else:
        messages.success(request, _("Your unit works this address now. Other units are told so."))
    return redirect("deconfliction:claims")


@require_safe
def claims(request: OfficerRequest) -> HttpResponse:
    now = timezone.now()
    shown = {
        "claims": [(one, is_stale(one, now)) for one in claims_of(request.user)[:500]],
        "offers": offers_of(request.user),
        "offer_form": OfferForm(officer=request.user),
    }
    return render(request, "deconfliction/claims.html", shown)


@require_POST
def let_go(request: OfficerRequest, claim_id: int) -> HttpResponse:
    held = claim_for(request.user, claim_id)
    try:
        release(claim=held, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    else:
        messages.success(request, _("Released. Any unit can claim it now."))
    return redirect("deconfliction:claims")


@require_POST
def hand_over(request: OfficerRequest, claim_id: int) -> HttpResponse:
    held = claim_for(request.user, claim_id)
    form = OfferForm(request.POST, officer=request.user)
    if not form.is_valid():
        messages.error(request, _("Choose a unit and give a reason."))
        return redirect("deconfliction:claims")
    to, reason = form.cleaned_data["unit"], form.cleaned_data["reason"]
    try:
        offer(claim=held, to=to, reason=reason, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    else:
        messages.success(
            request, _("Offered. It stays yours until %(unit)s accepts.") % {"unit": to}
        )
    return redirect("deconfliction:claims")


@require_POST
def answer_offer(request: OfficerRequest, transfer_id: int) -> HttpResponse:
    made = offer_for(request.user, transfer_id)
    try:
        accepted = request.POST.get("accept") == "yes"
        answer(transfer=made, accepted=accepted, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    return redirect("deconfliction:claims")
