"""Signing in: password, then second factor; links that work once; signing out."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, login, logout
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from luzeiro.casework.officers.attempts import WINDOW, check_allowed, count_attempt
from luzeiro.casework.officers.credentials import check_password, link_for, signed_in, use_link
from luzeiro.casework.officers.forms import CodeForm, PasswordForm, SignInForm
from luzeiro.casework.officers.models import FailedAttempt, Officer, OneTimeLink, SignedIn
from luzeiro.casework.officers.passkeys import begin_checking, finish_checking
from luzeiro.casework.officers.refusals import (
    DeadLink,
    TooManyAttempts,
    WrongCode,
    WrongCredentials,
)
from luzeiro.casework.officers.second_factor import check_code, has_second_factor
from luzeiro.casework.officers.sessions import end_sessions, rekey

BACKEND = "django.contrib.auth.backends.ModelBackend"


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    form = SignInForm(request.POST or None)
    going_to = request.GET.get("next", "")
    if request.method != "POST" or not form.is_valid():
        return render(request, "officers/sign_in.html", {"form": form}, status=_status(request))
    address, now = _address(request), timezone.now()
    try:
        check_allowed(FailedAttempt.Kind.PASSWORD, address=address, now=now)
        officer = check_password(**form.cleaned_data, now=now)
    except TooManyAttempts as refusal:
        form.add_error(None, refusal.for_people())
        return _later(render(request, "officers/sign_in.html", {"form": form}, status=429))
    except WrongCredentials as refusal:
        count_attempt(FailedAttempt.Kind.PASSWORD, address=address, now=now)
        form.add_error(None, refusal.for_people())
        return render(request, "officers/sign_in.html", {"form": form}, status=422)
    return first_half_done(request, officer, going_to)


def first_half_done(request: HttpRequest, officer: Officer, going_to: str) -> HttpResponse:
    """The password was right: ask for the second factor, or have one set up."""
    request.session.flush()  # nothing of an earlier session, or of somebody else's, goes on
    if not has_second_factor(officer):
        enter(request, officer, how="password", now=timezone.now())
        return redirect("officers:factor-set-up")
    request.session["pending"] = str(officer.pk)
    request.session["next"] = safe(request, going_to)
    request.session.set_expiry(600)
    return redirect("officers:factor")


@require_http_methods(["GET", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    officer = _pending(request)
    form = CodeForm(request.POST or None)
    shown: dict[str, Any] = {"form": form, "passkeys": officer.passkeys.exists()}
    if request.method != "POST" or not form.is_valid():
        return render(request, "officers/factor.html", shown, status=_status(request))
    try:
        how = check_code(officer=officer, code=form.cleaned_data["code"], now=timezone.now())
    except WrongCode as refusal:
        form.add_error("code", refusal.for_people())
        return render(request, "officers/factor.html", shown, status=422)
    return redirect(_second_half_done(request, officer, how))


@require_POST
def factor_passkey_options(request: HttpRequest) -> HttpResponse:
    return passkey_options(request, _pending(request))


@require_POST
def factor_passkey(request: HttpRequest) -> HttpResponse:
    officer = _pending(request)
    if not passkey_fits(request, officer):
        return JsonResponse({"told": WrongCode().for_people()}, status=422)
    return JsonResponse({"next": _second_half_done(request, officer, "passkey")})


@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    address, now = _address(request), timezone.now()
    try:
        check_allowed(FailedAttempt.Kind.LINK, address=address, now=now)
        link = link_for(token, now)
        if link.use == OneTimeLink.Use.SAMPLE:
            return _sample_sign_in(request, token)
        form = PasswordForm(request.POST or None, officer=link.officer)
        if request.method != "POST" or not form.is_valid():
            shown = {"form": form, "officer": link.officer}
            return render(request, "officers/welcome.html", shown, status=_status(request))
        password = form.cleaned_data["password"]
        officer = use_link(token=token, password=password, now=timezone.now())
    except TooManyAttempts as refusal:
        return _later(render(request, "officers/dead_link.html", {"told": refusal}, status=429))
    except DeadLink as refusal:
        count_attempt(FailedAttempt.Kind.LINK, address=address, now=now)
        return render(request, "officers/dead_link.html", {"told": refusal}, status=410)
    return first_half_done(request, officer, "")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    SignedIn.objects.filter(session_key=request.session.session_key or "").delete()
    logout(request)
    answer = redirect("officers:sign-in")
    answer["Clear-Site-Data"] = '"storage"'  # pages are never kept: the headers say so
    return answer


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose a language before signing in."""
    chosen = request.POST.get("language", "")
    response = redirect(safe(request, request.POST.get("next", "")) or "officers:sign-in")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            secure=settings.TLS,
            httponly=True,
            samesite="Lax",
        )
    return response


def enter(request: HttpRequest, officer: Officer, *, how: str, now: datetime) -> None:
    """Begin a session, with a key that nobody knew before (against session fixation)."""
    request.session.flush()
    login(request, officer, backend=BACKEND)
    request.session["seen_at"] = request.session["began_at"] = now.timestamp()
    SignedIn.objects.create(
        officer=officer,
        session_key=request.session.session_key or "",
        began_at=now,
        address=_address(request),
        agent=request.META.get("HTTP_USER_AGENT", "")[:200],
    )
    signed_in(officer=officer, how=how, now=now)


def renew(request: HttpRequest, officer: Officer) -> None:
    """Let this session go on after a change of password, under a new key; end all others."""
    key = rekey(request.session)
    request.session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    end_sessions(officer=officer, keep=key)


def safe(request: HttpRequest, going_to: str) -> str:
    """A path of this portal; anything else is nowhere."""
    here = url_has_allowed_host_and_scheme(
        going_to, {request.get_host()}, require_https=settings.TLS
    )
    return going_to if here and going_to.startswith("/") else ""


def passkey_options(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What the browser's authenticator is asked; the challenge stays in the session."""
    begun = begin_checking(officer, request.get_host())
    if begun is None:
        raise Http404
    options, request.session["passkey_state"] = begun
    return JsonResponse(options)


def passkey_fits(request: HttpRequest, officer: Officer) -> bool:
    """Whether the authenticator's answer is right; a challenge counts once."""
    state = request.session.pop("passkey_state", None)
    try:
        answer = json.loads(request.body)
        if state is None or not isinstance(answer, dict):
            return False
        finish_checking(
            officer=officer,
            host=request.get_host(),
            state=state,
            answer=answer,
            now=timezone.now(),
        )
    except (WrongCode, ValueError):
        return False
    return True


def _sample_sign_in(request: HttpRequest, token: str) -> HttpResponse:
    if request.method != "POST":  # a preview of the link must not use it up
        return render(request, "officers/sample.html")
    officer = use_link(token=token, password=None, now=timezone.now())
    enter(request, officer, how="sample link", now=timezone.now())
    request.session["factor"] = "sample link"
    request.session["confirmed_at"] = timezone.now().timestamp()
    return redirect("home")


def _second_half_done(request: HttpRequest, officer: Officer, how: str) -> str:
    going_to = request.session.get("next", "")
    enter(request, officer, how=how, now=timezone.now())
    request.session["factor"] = how
    request.session["confirmed_at"] = timezone.now().timestamp()
    if how == "recovery code":
        left = officer.recovery_codes.filter(used_at=None).count()
        messages.warning(request, _codes_left(left))
    return going_to or "/"


def _codes_left(left: int) -> str:
    told = ngettext("%(left)d recovery code is left.", "%(left)d recovery codes are left.", left)
    return told % {"left": left}


def _pending(request: HttpRequest) -> Officer:
    officer = Officer.objects.filter(pk=request.session["pending"], is_active=True).first()
    if officer is None:
        raise Http404
    return officer


def _address(request: HttpRequest) -> str | None:
    """Who is at the other end of the socket; headers, which anybody writes, are not believed."""
    return request.META.get("REMOTE_ADDR") or None


def _later(response: HttpResponse) -> HttpResponse:
    response["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200
