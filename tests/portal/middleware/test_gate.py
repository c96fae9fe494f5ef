from datetime import timedelta

from django.test import Client
from django.utils import timezone

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.officers.sessions import IDLE, LIVES
from luzeiro.portal.middleware.gate import LEFT
from tests.casework.operations.cases import coordinator, operation
from tests.casework.requests.cases import TODAY
from tests.casework.world import a_lead, signed_in


def test_a_session_that_was_idle_ends(ana: Officer) -> None:
    client = signed_in(ana)
    client.get("/leads/")
    session = client.session
    session["seen_at"] = (timezone.now() - IDLE - timedelta(seconds=1)).timestamp()
    session.save()
    assert client.get("/leads/?country=AR")["Location"] == "/sign-in?next=%2Fleads%2F"
    assert client.get("/leads/").status_code == 302


def test_no_use_keeps_a_session_alive_for_more_than_twelve_hours(ana: Officer) -> None:
    client = signed_in(ana)
    client.get("/leads/")
    session = client.session
    session["began_at"] = (timezone.now() - LIVES - timedelta(seconds=1)).timestamp()
    session.save()
    assert client.get("/leads/")["Location"].startswith("/sign-in")


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


def idle_for(client: Client, idle: timedelta) -> None:
    session = client.session
    session["seen_at"] = (timezone.now() - idle).timestamp()
    session.save()


def test_a_board_left_open_keeps_no_session_alive_and_is_told_how_long_it_has(
    ana: Officer, buenos_aires: Unit
) -> None:
    board = f"/operations/{operation(coordinator(buenos_aires), at=TODAY).pk}"
    client = signed_in(ana)
    client.get(f"{board}/board")
    idle_for(client, IDLE - timedelta(minutes=2))
    for part in ("alerts", "stream"):
        answer = client.get(f"{board}/{part}")
        assert answer.status_code == 200
        assert 100 < int(answer[LEFT]) <= 120
    assert timezone.now().timestamp() - client.session["seen_at"] > 27 * 60


def test_a_touch_keeps_a_boards_session_alive(ana: Officer, buenos_aires: Unit) -> None:
    board = f"/operations/{operation(coordinator(buenos_aires), at=TODAY).pk}"
    client = signed_in(ana)
    client.get(f"{board}/board")
    idle_for(client, IDLE - timedelta(minutes=2))
    assert client.post(f"{board}/here").status_code == 204
    assert int(client.get(f"{board}/alerts")[LEFT]) > 29 * 60


def test_a_board_whose_session_has_ended_is_told_so_and_given_no_page_to_show(
    ana: Officer, buenos_aires: Unit
) -> None:
    board = f"/operations/{operation(coordinator(buenos_aires), at=TODAY).pk}"
    client = signed_in(ana)
    client.get(f"{board}/board")
    idle_for(client, IDLE + timedelta(seconds=1))
    for part in ("alerts", "stream"):
        answer = client.get(f"{board}/{part}")
        assert (answer.status_code, answer.content) == (401, b"")
    assert client.get(f"{board}/board")["Location"].startswith("/sign-in")


def test_no_page_but_a_boards_is_told_how_long_its_session_has(ana: Officer) -> None:
    assert LEFT not in signed_in(ana).get("/leads/")


def test_whatever_is_refused_is_journalled_with_who_asked_for_what(
    ana: Officer, elisa: Officer
) -> None:
    lead = a_lead()
    client = signed_in(elisa)
    for path in (f"/leads/{lead.pk}", "/journal/"):  # another unit's, and another role's
        assert client.get(path).status_code == 404
    signed_in(ana).get("/leads/")
    refused = JournalEntry.objects.filter(deed="access.refused").order_by("id")
    assert [(one.actor, one.facts["route"]) for one in refused] == [
        (elisa, "leads:lead"),
        (elisa, "journal:list"),
    ]
    assert str(lead.pk) in refused[0].facts["path"]


def test_strangers_and_paths_that_are_none_leave_nothing_in_the_journal(ana: Officer) -> None:
    Client().get("/nowhere")
    signed_in(ana).get("/nowhere")
    assert not JournalEntry.objects.exists()
