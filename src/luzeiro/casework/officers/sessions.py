"""How long a session lasts, whether it still does, and ending an officer's."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session

from luzeiro.casework.officers.models import Officer, SignedIn

IDLE = timedelta(minutes=30)  # without anybody who touches a page
LIVES = timedelta(hours=12)  # in all, however busy: each touch puts off what Django's own age ends


def is_idle(seen_at: float, now: datetime) -> bool:
    """Whether nobody was there for too long; `seen_at` in seconds since 1970."""
    return now.timestamp() - seen_at > IDLE.total_seconds()


def is_over(session: Mapping[str, Any] | SessionBase, now: datetime) -> bool:
    """Whether a session is idle, or began too long ago (Any: what sessions hold)."""
    seen_at, began_at = session.get("seen_at"), session.get("began_at")
    idle = seen_at is not None and is_idle(seen_at, now)
    return idle or (began_at is not None and now.timestamp() - began_at > LIVES.total_seconds())


def lasts(session_key: str, now: datetime) -> bool:
    """Whether a session is still there and somebody with it: one question, and nothing is changed.

    For answers that go on after the gate was passed.
    """
    found = Session.objects.filter(session_key=session_key, expire_date__gt=now).first()
    return found is not None and not is_over(found.get_decoded(), now)


def rekey(session: SessionBase) -> str:
    """Let a session go on under a new key; gives it. The old one opens nothing any more."""
    before = session.session_key or ""
    session.cycle_key()
    key = session.session_key or ""
    SignedIn.objects.filter(session_key=before).update(session_key=key)
    return key


def end_sessions(*, officer: Officer, keep: str = "") -> None:
    """End an officer's sessions, all but one."""
    ended = SignedIn.objects.filter(officer=officer).exclude(session_key=keep)
    Session.objects.filter(session_key__in=ended.values_list("session_key", flat=True)).delete()
    ended.delete()
