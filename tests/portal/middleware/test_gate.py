from datetime import timedelta

from django.utils import timezone

from luzeiro.casework.officers.models import Officer
from luzeiro.portal.middleware.gate import IDLE
from tests.casework.world import signed_in


def test_a_session_that_was_idle_ends(ana: Officer) -> None:
    client = signed_in(ana)
    client.get("/leads/")
    session = client.session
    session["seen_at"] = (timezone.now() - IDLE - timedelta(seconds=1)).timestamp()
    session.save()
    assert client.get("/leads/?country=AR")["Location"] == "/sign-in?next=%2Fleads%2F"
    assert client.get("/leads/").status_code == 302


def test_use_keeps_a_session_alive(ana: Officer) -> None:
    client = signed_in(ana)
    session = client.session
    session["seen_at"] = (timezone.now() - IDLE + timedelta(minutes=1)).timestamp()
    session.save()
    assert client.get("/leads/").status_code == 200
    assert timezone.now().timestamp() - client.session["seen_at"] < 60


def test_the_password_alone_opens_nothing(ana: Officer) -> None:
    client = signed_in(ana, factor=False)
    for path in ("/leads/", "/claims/", "/account"):
        assert client.get(path)["Location"] == "/factor/set-up", path
    assert client.get("/renewal").status_code == 302
