"""What providers answered; and whom to ask."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from luzeiro.casework.leads.forms import PurposeForm
from luzeiro.casework.officers.models import Role
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.refusals import Refusal
from luzeiro.casework.requests.access import (
    may_see_subscribers,
    providers,
    request_for,
    return_for,
    subscribers_for,
)
from luzeiro.casework.requests.forms import LineForm, ProviderForm, ReturnForm
from luzeiro.casework.requests.models import Request
from luzeiro.casework.requests.returns import Answer, Unreadable, read_csv, read_json_answer
from luzeiro.casework.requests.services import see_subscribers, take_in, verify_provider


@require_POST
def file(request: OfficerRequest, request_id: UUID) -> HttpResponse:
    """Take an answer in from a file."""
    found = request_for(request.user, request_id)
    form = ReturnForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, form.errors.as_text())
        return redirect("requests:request", request_id)
    given = form.cleaned_data["answer"]
    raw = given.read()
    is_json = given.name.lower().endswith(".json")
    try:
        answers = read_json_answer(raw) if is_json else read_csv(raw)
    except Unreadable as error:
        messages.error(request, _("The answer cannot be read: %(why)s.") % {"why": str(error)})
        return redirect("requests:request", request_id)
    return _taken_in(request, found, raw, answers, "json" if is_json else "csv")


@require_POST
def typed(request: OfficerRequest, request_id: UUID) -> HttpResponse:
    """Take in an answer of one line, typed from paper."""
    found = request_for(request.user, request_id)
    form = LineForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors.as_text())
        return redirect("requests:request", request_id)
    answer = Answer(**form.cleaned_data)
    raw = repr(sorted(form.cleaned_data.items())).encode()
    return _taken_in(request, found, raw, [answer], "form")


@require_http_methods(["GET", "POST"])
def shown(request: OfficerRequest, return_id: UUID) -> HttpResponse:
    """A return; with a purpose given, and only to whoever works the lead, the subscriber."""
    found = return_for(request.user, return_id)
    form = PurposeForm(request.POST if request.method == "POST" else None)
    told: dict[str, object] = {
        "found": found,
        "form": form,
        "may_see": may_see_subscribers(request.user, found),
    }
    if request.method == "POST":
        if not told["may_see"]:
            raise Http404
        if form.is_valid():
            see_subscribers(
                returned=found, purpose=form.told(), by=request.user, now=timezone.now()
            )
            told["subscribers"] = subscribers_for(request.user, found)
    return render(request, "requests/return.html", told, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def asked(request: OfficerRequest) -> HttpResponse:
    """Whom to ask: the table of providers. A supervisor enters and verifies."""
    supervises = Role.SUPERVISOR in request.user.roles
    form = ProviderForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not supervises:
            raise Http404
        if form.is_valid():
            verify_provider(**form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("Verified today."))
            return redirect("requests:providers")
    now = timezone.now()
    told = {
        "providers": [(one, one.is_stale(now)) for one in providers()],
        "form": form,
        "supervises": supervises,
    }
    return render(request, "requests/providers.html", told, status=422 if form.errors else 200)


def _taken_in(
    request: OfficerRequest, found: Request, raw: bytes, answers: Sequence[Answer], form: str
) -> HttpResponse:
    try:
        made = take_in(
            request=found, raw=raw, answers=answers, form=form, by=request.user,
            now=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
        return redirect("requests:request", found.pk)
    if made.blocked:
        messages.error(
            request,
            _("Blocked: the answer does not repeat what was asked. Nothing of it was kept."),
        )
    elif made.disagrees:
        messages.warning(request, _("Taken in, but answers about this lead disagree."))
    else:
        messages.success(request, _("Taken in: every line repeats what was asked."))
    return redirect("requests:return", made.pk)
