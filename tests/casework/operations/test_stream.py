import json
from collections.abc import Sequence

import pytest

from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.access import events_after
from luzeiro.casework.operations.models import BoardEvent, Operation
from luzeiro.casework.operations.services import move
from luzeiro.casework.operations.states import State
from luzeiro.casework.operations.stream import (
    ASK_S,
    KEEP_ALIVE_S,
    LIVES_S,
    follow,
    frame,
    last_number,
    told,
)
from luzeiro.casework.operations.watching import AT_MOST
from tests.casework.operations.cases import coordinator, operation, target, with_hour
from tests.casework.operations.watches import Clock, event
from tests.casework.world import NOW


def numbers(frames: Sequence[str]) -> list[int]:
    return [int(one.split("\n")[0][4:]) for one in frames if one.startswith("id: ")]


def read(found: Operation, last: int) -> list[str]:
    clock = Clock()

    def fetch(number: int) -> list[BoardEvent]:
        return events_after(found.pk, number, at_most=AT_MOST)

    return list(follow(fetch, last, watch=clock.watch(fetch), admitted=lambda: True, now=clock.now))


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
    asked = list[float]()

    def admitted() -> bool:
        asked.append(clock.at)
        return True

    watch = clock.watch(lambda _: [])
    frames = list(follow(lambda _: [], 0, watch=watch, admitted=admitted, now=clock.now))
    assert clock.at == pytest.approx(LIVES_S)
    assert len(asked) == LIVES_S / KEEP_ALIVE_S
    assert frames.count(": still here\n\n") == LIVES_S / KEEP_ALIVE_S
    assert frames[0].startswith("retry: ")


def test_a_screen_that_is_far_behind_is_brought_up_look_by_look_before_it_waits() -> None:
    clock, looks = Clock(), list[int]()

    def fetch(number: int) -> list[BoardEvent]:
        looks.append(number)
        return [event(one) for one in range(number + 1, min(number + AT_MOST, 1200) + 1)]

    frames = list(follow(fetch, 0, watch=clock.watch(fetch), admitted=lambda: True, now=clock.now))
    assert numbers(frames) == list(range(1, 1201))
    assert looks[:3] == [0, 500, 1000]


def test_a_stream_whose_session_ended_ends_within_seconds_and_tells_no_event_more() -> None:
    clock = Clock()

    def fetch(number: int) -> list[BoardEvent]:
        return [event(number + 1)] if number < clock.at // 1 else []  # one a second

    frames = list(
        follow(fetch, 0, watch=clock.watch(fetch), admitted=lambda: clock.at < 20, now=clock.now)
    )
    assert 20 <= clock.at <= 20 + KEEP_ALIVE_S
    assert len(numbers(frames)) <= 20 + ASK_S

    clock = Clock()  # and where nothing happens
    watch = clock.watch(lambda _: [])
    told = list(follow(lambda _: [], 0, watch=watch, admitted=lambda: clock.at < 20, now=clock.now))
    assert 20 <= clock.at <= 20 + KEEP_ALIVE_S
    assert told.count(": still here\n\n") < 20 / KEEP_ALIVE_S


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
