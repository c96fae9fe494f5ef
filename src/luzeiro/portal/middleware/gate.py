"""The gate: each request is let through by one table (routes.py), or not at all."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.officers.sessions import IDLE, is_over
from luzeiro.casework.officers.standing import Standing, is_fresh, standing
from luzeiro.portal.routes import ROUTES, Route, Stage

LEFT = "X-Session-Left"  # seconds until the session ends for want of anybody: what boards are told
_NEXT_PAGE = {
    Standing.SECOND_FACTOR: "officers:factor-set-up",
    Standing.AGREEMENT: "officers:agreement",
    Standing.TRAINING: "officers:renewal",
}
Answer = Callable[[HttpRequest], HttpResponse]


class Gate:
    """Asks of each request: who, how far through the gate, which role, how lately confirmed."""

    def __init__(self, get_response: Answer) -> None:
        self._answer = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self._answer(request)
        route = ROUTES.get(request.resolver_match.view_name) if request.resolver_match else None
        if route is not None and route.unattended and "seen_at" in request.session:
            idle_s = timezone.now().timestamp() - request.session["seen_at"]
            answer[LEFT] = str(max(0, round(IDLE.total_seconds() - idle_s)))
        if route is not None and answer.status_code == HTTPStatus.NOT_FOUND:
            _note_refusal(request)
        return answer

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: object
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        route = ROUTES.get(name)
        if route is None:
            raise Http404
        if route.stage in (Stage.OPEN, Stage.TOKEN):
            return None
        if route.stage is Stage.PENDING:
            return None if "pending" in request.session else redirect("officers:sign-in")
        now = timezone.now()
        answer = _let_in(request, route, now)
        if answer is None or not route.unattended:
            return answer
        # No page for a script: it could only be put where an alert should be.
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)


def _note_refusal(request: HttpRequest) -> None:
    """Journal that an officer asked for what is not hers, or not there: nobody tells her which."""
    officer = getattr(request, "user", None)
    if not isinstance(officer, Officer) or request.resolver_match is None:
        return
    facts = {"route": request.resolver_match.view_name, "path": request.path[:200]}
    with transaction.atomic():
        record("access.refused", actor=officer, at=timezone.now(), facts=facts)


def _let_in(request: HttpRequest, route: Route, now: datetime) -> HttpResponse | None:
    officer: Any = request.user  # Officer, or AnonymousUser, which has no standing
    if not isinstance(officer, Officer) or _has_ended(request, route, now):
        if isinstance(officer, Officer):
            logout(request)
        return redirect(f"{reverse('officers:sign-in')}?{urlencode({'next': request.path})}")
    if route.stage is Stage.SIGNED_IN:
        return None
    missing = standing(officer, has_second_factor="factor" in request.session, today=now.date())
    if missing is not Standing.ADMITTED:
        return redirect(_NEXT_PAGE[missing])
    if route.roles and not officer.roles & route.roles:
        raise Http404
    if route.fresh and not is_fresh(request.session.get("confirmed_at", 0.0), now):
        back = request.get_full_path() if request.method == "GET" else reverse(route.back)
        return redirect(f"{reverse('officers:confirm')}?{urlencode({'next': back})}")
    return None


def _has_ended(request: HttpRequest, route: Route, now: datetime) -> bool:
    seen: float = request.session.get("seen_at", now.timestamp())
    if is_over(request.session, now):
        return True
    if route.unattended and "seen_at" in request.session:
        return False
    if now.timestamp() - seen > 60 or "seen_at" not in request.session:
        request.session["seen_at"] = now.timestamp()
    return False
