import json
from collections.abc import Sequence

import pytest

from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.access import events_after
from luzeiro.casework.operations.models import BoardEvent, Operation
from luzeiro.casework.operations.services import move
from luzeiro.casework.operations.states import State
from luzeiro.casework.operations.stream import (
    EVERY_S,
    KEEP_ALIVE_S,
    LIVES_S,
    follow,
    frame,
    last_number,
    told,
)
from tests.casework.operations.cases import coordinator, operation, target, with_hour
from tests.casework.world import NOW


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def numbers(frames: Sequence[str]) -> list[int]:
    return [int(one.split("\n")[0][4:]) for one in frames if one.startswith("id: ")]


def read(found: Operation, last: int) -> list[str]:
    clock = Clock()

    def fetch(number: int) -> list[BoardEvent]:
        return events_after(found.pk, number, at_most=500)

    return list(follow(fetch, last, now=clock.now, sleep=clock.sleep))


@pytest.fixture
def found(ana: Officer, buenos_aires: Unit) -> Operation:
    made = operation(coordinator(buenos_aires))
    for number in range(1, 6):
        target(made, ana, address=f"192.0.2.{number}")
    return made


def test_a_new_screen_gets_every_event_once_in_order(found: Operation) -> None:
    assert numbers(read(found, 0)) == list(
        BoardEvent.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_a_screen_that_comes_again_gets_what_it_missed_and_no_more(
    found: Operation, ana: Officer
) -> None:
    last = BoardEvent.objects.order_by("-pk")[0].pk
    assert numbers(read(found, last)) == []
    for one in found.targets.all()[:2]:
        move(target=one, to=State.WITHDRAWN, by=ana, now=NOW)
    assert len(numbers(read(found, last))) == 2
    assert numbers(read(found, last - 1))[0] == last


@pytest.mark.usefixtures("found")
def test_another_operations_events_do_not_come(buenos_aires: Unit) -> None:
    other = operation(buenos_aires.officers.get(login__startswith="coordinator"))
    assert numbers(read(other, 0)) == []


def test_a_stream_ends_so_that_the_gate_is_passed_again_and_is_never_silent_for_long() -> None:
    clock = Clock()
    frames = list(follow(lambda _: [], 0, now=clock.now, sleep=clock.sleep))
    assert LIVES_S <= clock.at < LIVES_S + EVERY_S
    kept = frames.count(": still here\n\n")
    assert LIVES_S / (KEEP_ALIVE_S + EVERY_S) - 1 <= kept <= LIVES_S / KEEP_ALIVE_S
    assert frames[0].startswith("retry: ")


@pytest.mark.usefixtures("found")
def test_an_event_shows_a_targets_code_and_country_and_no_address() -> None:
    event = BoardEvent.objects.select_related("target", "by__unit").order_by("pk")[0]
    shown = told(event)
    assert (shown["code"], shown["country"], shown["after"]) == ("AR-001", "AR", "proposed")
    assert "192.0.2" not in frame(event)
    assert json.loads(frame(event).split("data: ")[1]) == shown
    assert frame(event).endswith("\n\n")


def test_a_change_of_the_hour_comes_too(found: Operation, buenos_aires: Unit) -> None:
    with_hour(found, buenos_aires.officers.get(login__startswith="coordinator"))
    assert any('"kind": "hour"' in one for one in read(found, 0))


@pytest.mark.parametrize(
    ("header", "asked", "last"),
    [("7", "3", 7), ("", "3", 3), ("", "", 0), ("x", "", 0), ("-1", "", 0), ("9" * 30, "", 0)],
)
def test_the_browsers_word_comes_before_the_pages(header: str, asked: str, last: int) -> None:
    assert last_number(header, asked) == last
