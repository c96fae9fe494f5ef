"""The administrator's pages: officers, units; and a supervisor's tokens."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luzeiro.casework.officers.credentials import make_link
from luzeiro.casework.officers.forms import EnlistForm, RolesForm, TokenForm, UnitForm
from luzeiro.casework.officers.models import ApiToken, Officer, OneTimeLink, Unit
from luzeiro.casework.officers.people import change_officer, enlist, found_unit
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.officers.second_factor import reset
from luzeiro.casework.officers.sessions import end_sessions
from luzeiro.casework.officers.standing import TRAINED, is_trained
from luzeiro.casework.officers.tokens import make_token, revoke_token
from luzeiro.casework.refusals import Refusal


@require_safe
def people(request: OfficerRequest) -> HttpResponse:
    today = timezone.now().date()
    officers = Officer.objects.annotate(keys=Count("passkeys"))
    rows = [
        {
            "officer": officer,
            "needs_training": bool(officer.roles & TRAINED),
            "trained": is_trained(officer, today),
            "factor": bool(officer.totp_secret or officer.keys),
        }
        for officer in officers
    ]
    return render(request, "officers/people.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def new_officer(request: OfficerRequest) -> HttpResponse:
    form = EnlistForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            officer, token = enlist(**form.cleaned_data, by=request.user, now=timezone.now())
        except Refusal as refusal:
            form.add_error("login", refusal.for_people())
        else:
            return _show_link(request, officer, token)
    return render(
        request, "officers/enlist.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def one_officer(request: OfficerRequest, officer_id: UUID) -> HttpResponse:
    officer = get_object_or_404(Officer, pk=officer_id)
    now = {"roles": sorted(officer.roles), "active": officer.is_active}
    form = RolesForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            change_officer(
                officer=officer, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            messages.error(request, refusal.for_people())
        else:
            messages.success(request, _("Saved."))
        return redirect("officers:officer", officer_id)
    return render(
        request,
        "officers/officer.html",
        {"officer": officer, "form": form},
        status=422 if form.errors else 200,
    )


@require_POST
def reset_factor(request: OfficerRequest, officer_id: UUID) -> HttpResponse:
    """Take the second factor away; the link lets the officer set a new password and factor."""
    officer = get_object_or_404(Officer, pk=officer_id)
    reset(officer=officer, by=request.user, now=timezone.now())
    end_sessions(officer=officer)
    return _show_link(request, officer, _welcome(officer, request.user))


@require_POST
def new_link(request: OfficerRequest, officer_id: UUID) -> HttpResponse:
    officer = get_object_or_404(Officer, pk=officer_id)
    return _show_link(request, officer, _welcome(officer, request.user))


@require_safe
def units(request: OfficerRequest) -> HttpResponse:
    found = Unit.objects.prefetch_related("jurisdictions").annotate(people=Count("officers"))
    return render(request, "officers/units.html", {"units": found})


@require_http_methods(["GET", "POST"])
def new_unit(request: OfficerRequest) -> HttpResponse:
    form = UnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found_unit(**form.cleaned_data, by=request.user, now=timezone.now())
        except Refusal as refusal:
            form.add_error("codes", refusal.for_people())
        else:
            return redirect("officers:units")
    return render(
        request, "officers/unit_new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
def tokens(request: OfficerRequest) -> HttpResponse:
    held = ApiToken.objects.filter(unit=request.user.unit).select_related("officer")
    shown = {"tokens": held.order_by("-made_at"), "form": TokenForm(), "now": timezone.now()}
    return render(request, "officers/tokens.html", shown)


@require_POST
def token_make(request: OfficerRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    held = ApiToken.objects.filter(unit=request.user.unit).select_related("officer")
    shown = {"tokens": held.order_by("-made_at"), "form": form, "now": timezone.now()}
    if not form.is_valid():
        return render(request, "officers/tokens.html", shown, status=422)
    shown["token"] = make_token(
        officer=request.user,
        label=form.cleaned_data["label"],
        by=request.user,
        now=timezone.now(),
    )
    return render(request, "officers/tokens.html", shown)


@require_POST
def token_revoke(request: OfficerRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=token_id, unit=request.user.unit)
    revoke_token(token=token, by=request.user, now=timezone.now())
    return redirect("officers:tokens")


def _welcome(officer: Officer, by: Officer) -> str:
    use = OneTimeLink.Use.WELCOME
    return make_link(officer=officer, use=use, by=by, now=timezone.now())


def _show_link(request: OfficerRequest, officer: Officer, token: str) -> HttpResponse:
    url = request.build_absolute_uri(reverse("officers:welcome", args=[token]))
    return render(request, "officers/link.html", {"officer": officer, "url": url})
