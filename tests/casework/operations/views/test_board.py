from collections.abc import Iterator

import pytest

from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations import stream
from luzeiro.casework.operations.models import BoardEvent
from tests.casework.operations.cases import coordinator, joined, operation, target, with_hour
from tests.casework.requests.cases import TODAY
from tests.casework.world import signed_in


def test_the_board_shows_every_target_and_the_hour_at_each_place(
    ana: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = with_hour(operation(olga, at=TODAY), olga, at=TODAY)
    joined(found, elisa, by=olga, at=TODAY)
    one = target(found, ana, at=TODAY)
    page = signed_in(elisa).get(f"/operations/{found.pk}/board").content.decode()
    newest = BoardEvent.objects.order_by("-pk")[0].pk
    assert f'data-newest="{newest}"' in page
    assert 'data-code="AR-001" data-state="proposed"' in page
    assert "America/Argentina/Buenos_Aires" in page
    assert "-03:00" in page
    assert one.lead.address not in page
    assert "No alert stands." in page


def test_a_stream_begins_after_what_the_screen_has(
    ana: Officer, buenos_aires: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LIVES_S", 0.1)
    found = operation(coordinator(buenos_aires), at=TODAY)
    for number in range(1, 4):
        target(found, ana, address=f"192.0.2.{number}", at=TODAY)
    first, *rest = [one.pk for one in BoardEvent.objects.order_by("pk")]
    client, path = signed_in(ana), f"/operations/{found.pk}/stream"
    answer = client.get(f"{path}?after={first}")
    assert answer["Content-Type"] == "text/event-stream"
    assert ids(answer.streaming_content) == rest  # type: ignore[attr-defined]
    again = client.get(path + "?after=0", headers={"last-event-id": str(rest[0])})
    assert ids(again.streaming_content) == rest[1:]  # type: ignore[attr-defined]


def test_a_screen_that_says_it_has_what_is_not_there_yet_gets_what_comes(
    ana: Officer, buenos_aires: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LIVES_S", 0.1)
    found = operation(coordinator(buenos_aires), at=TODAY)
    target(found, ana, at=TODAY)
    answer = signed_in(ana).get(f"/operations/{found.pk}/stream?after=999999999999999999")
    target(found, ana, address="192.0.2.2", at=TODAY)
    assert ids(answer.streaming_content) == [  # type: ignore[attr-defined]
        BoardEvent.objects.order_by("-pk")[0].pk
    ]


def test_signing_out_elsewhere_ends_an_open_stream(
    ana: Officer, buenos_aires: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "ASK_S", 0.0)
    monkeypatch.setattr(stream, "KEEP_ALIVE_S", 0.01)
    found = operation(coordinator(buenos_aires), at=TODAY)
    client = signed_in(ana)
    answer = client.get(f"/operations/{found.pk}/stream?after=999999")
    frames = iter(answer.streaming_content)  # type: ignore[attr-defined]
    assert next(frames).startswith(b"retry: ")
    target(found, ana, at=TODAY)
    assert next(frames).startswith(b"id: ")
    client.post("/sign-out")
    target(found, ana, address="192.0.2.2", at=TODAY)
    assert ids(frames) == []


def ids(frames: Iterator[bytes]) -> list[int]:
    lines = b"".join(frames).decode().split("\n")
    return [int(line[4:]) for line in lines if line.startswith("id: ")]


def test_board_stream_and_alerts_are_404_to_who_does_not_take_part(
    elisa: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires))
    client = signed_in(elisa)
    for part in ("board", "stream", "alerts"):
        assert client.get(f"/operations/{found.pk}/{part}").status_code == 404
