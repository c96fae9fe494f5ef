from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore

from luzeiro.casework.officers.models import Officer, SignedIn
from luzeiro.casework.officers.sessions import IDLE, LIVES, end_sessions, is_idle, is_over, lasts
from tests.casework.world import NOW


@pytest.fixture
def key(ana: Officer) -> str:
    session = SessionStore()
    session["seen_at"] = NOW.timestamp()
    session.set_expiry(NOW + timedelta(hours=12))
    session.save()
    key = str(session.session_key)
    SignedIn.objects.create(officer=ana, session_key=key, began_at=NOW)
    return key


def test_half_an_hour_without_anybody_is_idle() -> None:
    assert not is_idle(NOW.timestamp(), NOW + IDLE)
    assert is_idle(NOW.timestamp(), NOW + IDLE + timedelta(seconds=1))


def test_a_session_lasts_until_it_ends_is_idle_or_is_too_old(key: str, ana: Officer) -> None:
    assert lasts(key, NOW)
    assert not lasts(key, NOW + IDLE + timedelta(seconds=1))
    assert not lasts(key, NOW + timedelta(hours=12))
    assert not lasts("another", NOW)
    end_sessions(officer=ana)
    assert not lasts(key, NOW)


def test_twelve_hours_after_it_began_a_session_is_over_however_busy_it_is() -> None:
    later = NOW + LIVES
    busy = {"began_at": NOW.timestamp(), "seen_at": later.timestamp()}
    assert not is_over(busy, later)
    assert is_over(busy, later + timedelta(seconds=1))


def test_all_sessions_but_one_can_be_ended(key: str, ana: Officer) -> None:
    SignedIn.objects.create(officer=ana, session_key="here", began_at=NOW)
    end_sessions(officer=ana, keep="here")
    assert SignedIn.objects.get().session_key == "here"
    assert not lasts(key, NOW)
