"""An officer's own account: second factors, agreement, training, sessions, language."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from luzeiro.casework.officers.credentials import change_password
from luzeiro.casework.officers.forms import (
    AccountForm,
    AgreementForm,
    CodeForm,
    PasswordChangeForm,
)
from luzeiro.casework.officers.models import Certificate, CourseSession, Officer, Passkey, SignedIn
from luzeiro.casework.officers.passkeys import begin_adding, finish_adding
from luzeiro.casework.officers.people import agree
from luzeiro.casework.officers.refusals import WrongCode, WrongCredentials
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.officers.second_factor import (
    check_code,
    has_second_factor,
    new_recovery_codes,
    new_secret,
    picture,
    provisioning,
    remove_passkey,
    set_totp,
)
from luzeiro.casework.officers.sessions import end_sessions, rekey
from luzeiro.casework.officers.standing import is_fresh, is_trained
from luzeiro.casework.officers.views.sign_in import passkey_fits, passkey_options, renew, safe
from luzeiro.casework.refusals import Refusal


@require_http_methods(["GET", "POST"])
def factor_set_up(request: OfficerRequest) -> HttpResponse:
    """Turn codes on. Who has a second factor must have shown it before she can replace it."""
    officer = request.user
    if has_second_factor(officer) and not _is_fresh(request):
        return redirect(f"{reverse('officers:confirm')}?next={reverse('officers:factor-set-up')}")
    secret = request.session.setdefault("new_secret", new_secret())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = set_totp(
                officer=officer,
                secret=secret,
                code=form.cleaned_data["code"],
                now=timezone.now(),
            )
        except WrongCode as refusal:
            form.add_error("code", refusal.for_people())
        else:
            del request.session["new_secret"]
            return _second_factor_shown(request, codes)
    shown = {"form": form, "secret": secret, "picture": picture(provisioning(officer, secret))}
    return render(request, "officers/factor_set_up.html", shown, status=422 if form.errors else 200)


def _second_factor_shown(request: OfficerRequest, codes: list[str]) -> HttpResponse:
    request.session["factor"] = "totp"
    request.session["confirmed_at"] = timezone.now().timestamp()
    request.session["codes"] = codes
    return redirect("officers:factor-codes")


@require_safe
def factor_codes(request: OfficerRequest) -> HttpResponse:
    """Show fresh recovery codes, once."""
    codes = request.session.pop("codes", None)
    if codes is None:
        return redirect("home")
    return render(request, "officers/codes.html", {"codes": codes})


@require_POST
def codes_renew(request: OfficerRequest) -> HttpResponse:
    request.session["codes"] = new_recovery_codes(officer=request.user, now=timezone.now())
    return redirect("officers:factor-codes")


@require_POST
def add_options(request: OfficerRequest) -> HttpResponse:
    options, request.session["adding_state"] = begin_adding(request.user, request.get_host())
    return JsonResponse(options)


@require_POST
def passkey_add(request: OfficerRequest) -> HttpResponse:
    state = request.session.pop("adding_state", None)
    first = not has_second_factor(request.user)
    try:
        answer = json.loads(request.body)
        if state is None or not isinstance(answer, dict):
            raise WrongCode
        if not first and not _is_fresh(request):
            raise WrongCode
        finish_adding(
            officer=request.user,
            host=request.get_host(),
            state=state,
            answer=answer,
            label=str(answer.pop("label", "") or "passkey"),
            now=timezone.now(),
        )
    except (WrongCode, ValueError):
        return JsonResponse({"told": WrongCode().for_people()}, status=422)
    if first:
        codes = new_recovery_codes(officer=request.user, now=timezone.now())
        request.session["codes"] = codes
    request.session["factor"] = "passkey"
    request.session["confirmed_at"] = timezone.now().timestamp()
    return JsonResponse({"next": "/factor/codes" if first else "/account"})


@require_POST
def passkey_remove(request: OfficerRequest, passkey_id: int) -> HttpResponse:
    passkey = get_object_or_404(Passkey, pk=passkey_id, officer=request.user)
    try:
        remove_passkey(officer=request.user, passkey=passkey, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    return redirect("officers:account")


@require_http_methods(["GET", "POST"])
def agreement(request: OfficerRequest) -> HttpResponse:
    form = AgreementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        agree(officer=request.user, now=timezone.now())
        return redirect("home")
    return render(
        request, "officers/agreement.html", {"form": form}, status=422 if form.errors else 200
    )


@require_safe
def renewal(request: OfficerRequest) -> HttpResponse:
    """All that an officer sees whose training lapsed: how to renew it."""
    now = timezone.now()
    if is_trained(request.user, now.date()):
        return redirect("home")
    shown = {
        "sessions": CourseSession.objects.filter(starts_at__gte=now)
        .select_related("course", "trainer")
        .order_by("starts_at"),
        "mine": set(request.user.enrolments.values_list("session_id", flat=True)),
    }
    return render(request, "officers/renewal.html", shown)


@require_http_methods(["GET", "POST"])
def account(request: OfficerRequest) -> HttpResponse:
    officer = request.user
    form = AccountForm(request.POST or None, initial={"language": officer.language})
    if request.method == "POST" and form.is_valid():
        Officer.objects.filter(pk=officer.pk).update(language=form.cleaned_data["language"])
        return redirect("officers:account")
    shown = {
        "form": form,
        "passkeys": officer.passkeys.all(),
        "codes_left": officer.recovery_codes.filter(used_at=None).count(),
        "sessions": SignedIn.objects.filter(officer=officer).order_by("-began_at"),
        "this_session": request.session.session_key,
        "certificates": Certificate.objects.filter(enrolment__officer=officer).select_related(
            "enrolment__session__course"
        ),
    }
    return render(request, "officers/account.html", shown)


@require_http_methods(["GET", "POST"])
def password(request: OfficerRequest) -> HttpResponse:
    """Change one's own password; this session goes on under a new key, all others end."""
    form = PasswordChangeForm(request.POST or None, officer=request.user)
    if request.method == "POST" and form.is_valid():
        current, wanted = form.cleaned_data["current"], form.cleaned_data["password"]
        try:
            change_password(
                officer=request.user, current=current, password=wanted, now=timezone.now()
            )
        except WrongCredentials as refusal:
            form.add_error("current", refusal.for_people())
        else:
            renew(request, request.user)
            messages.success(
                request, _("Your password was changed. All other sessions have ended.")
            )
            return redirect("officers:account")
    return render(
        request, "officers/password.html", {"form": form}, status=422 if form.errors else 200
    )


@require_POST
def end_other_sessions(request: OfficerRequest) -> HttpResponse:
    end_sessions(officer=request.user, keep=request.session.session_key or "")
    messages.success(request, _("All other sessions have ended."))
    return redirect("officers:account")


@require_http_methods(["GET", "POST"])
def confirm(request: OfficerRequest) -> HttpResponse:
    """Show the second factor again before something weighty."""
    going_to = safe(request, request.GET.get("next", "")) or "/"
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            check_code(officer=request.user, code=form.cleaned_data["code"], now=timezone.now())
        except WrongCode as refusal:
            form.add_error("code", refusal.for_people())
        else:
            return redirect(_confirmed(request, going_to))
    shown = {"form": form, "passkeys": request.user.passkeys.exists(), "going_to": going_to}
    return render(request, "officers/confirm.html", shown, status=422 if form.errors else 200)


@require_POST
def confirm_passkey_options(request: OfficerRequest) -> HttpResponse:
    return passkey_options(request, request.user)


@require_POST
def confirm_passkey(request: OfficerRequest) -> HttpResponse:
    if not passkey_fits(request, request.user):
        return JsonResponse({"told": WrongCode().for_people()}, status=422)
    going_to = safe(request, request.GET.get("next", "")) or "/"
    return JsonResponse({"next": _confirmed(request, going_to)})


def _confirmed(request: HttpRequest, going_to: str) -> str:
    rekey(request.session)
    request.session["confirmed_at"] = timezone.now().timestamp()
    messages.success(request, _("Confirmed. For ten minutes you are not asked again."))
    return going_to


def _is_fresh(request: HttpRequest) -> bool:
    return is_fresh(request.session.get("confirmed_at", 0.0), timezone.now())
