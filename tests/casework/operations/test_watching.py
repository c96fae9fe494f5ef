import threading
import time
from uuid import uuid4

import pytest

from luzeiro.casework.operations.models import BoardEvent
from luzeiro.casework.operations.stream import frame
from luzeiro.casework.operations.watching import EVERY_S, KEPT, Watch, wake, watch_of
from tests.casework.operations.watches import Clock, event


class Table:
    """Events that come one by one as time passes, and how often it was asked."""

    def __init__(self, clock: Clock, *, every_s: float = 1.0, most: int = 10**6) -> None:
        self._clock, self._every_s, self._most = clock, every_s, most
        self.asked = 0

    def fetch(self, number: int) -> list[BoardEvent]:
        self.asked += 1
        there = min(self._most, int(self._clock.at / self._every_s))
        return [event(one) for one in range(number + 1, there + 1)]


def test_many_screens_ask_the_table_no_more_often_than_one() -> None:
    clock = Clock()
    table = Table(clock)
    watch = clock.watch(table.fetch)(0)
    last = [0] * 50
    while clock.at < 20:
        for screen in range(50):
            for number, _ in watch.after(last[screen], clock.at + 0.01) or []:
                assert number == last[screen] + 1
                last[screen] = number
    assert min(last) >= 19
    assert table.asked <= 20 / EVERY_S + 1


def test_nothing_new_is_an_empty_answer_in_time() -> None:
    clock = Clock()
    assert clock.watch(Table(clock, most=0).fetch)(0).after(0, 5.0) == []
    assert clock.at == pytest.approx(5.0)
    assert max(clock.waited) == pytest.approx(EVERY_S)


def test_a_screen_further_behind_than_what_is_kept_is_sent_to_the_table() -> None:
    clock = Clock()
    watch = clock.watch(Table(clock, every_s=0.001, most=KEPT + 10).fetch)(0)
    clock.at = 2.0
    assert watch.after(0, 2.0) == []  # nobody has looked yet
    assert watch.after(0, 3.0) is None  # it has, and the first ten are no longer kept
    assert [one for one, _ in watch.after(10, 3.0) or []] == list(range(11, KEPT + 11))


def test_a_screen_that_is_ahead_of_the_watch_gets_no_event_twice() -> None:
    clock = Clock()
    watch = clock.watch(Table(clock, every_s=0.1, most=10).fetch)(0)
    clock.at = 1.0
    assert watch.after(10, 2.0) == []
    assert [one for one, _ in watch.after(7, 2.0) or []] == [8, 9, 10]


def test_an_event_is_written_out_once_for_all_screens() -> None:
    clock, written = Clock(), list[int]()

    def spelled(one: BoardEvent) -> str:
        written.append(one.pk)
        return str(one.pk)

    table = Table(clock, most=3)
    watch = Watch(table.fetch, spelled, 0, now=clock.now, pause=clock.pause)
    clock.at = 9.0
    for _ in range(4):
        assert len(watch.after(0, clock.at + 9) or []) == 3
    assert written == [1, 2, 3]


def test_a_look_that_fails_leaves_the_next_one_to_another() -> None:
    clock = Clock()

    def fetch(_number: int) -> list[BoardEvent]:
        if clock.at < EVERY_S / 2:
            raise OSError("the database is away")
        return [event(1)]

    watch = clock.watch(fetch)(0)
    with pytest.raises(OSError, match="away"):
        watch.after(0, 5.0)
    assert [one for one, _ in watch.after(0, 5.0) or []] == [1]


def test_who_waits_is_woken_by_a_deed_in_this_process() -> None:
    operation, there = uuid4(), list[BoardEvent]()
    watch = watch_of(operation, lambda number: there[number:], frame, 0)
    assert watch is watch_of(operation, lambda _: [], frame, 7)  # the screens share it
    got = list[int]()
    screens = [
        threading.Thread(
            target=lambda: got.extend(
                number for number, _ in watch.after(0, time.monotonic() + 60) or []
            )
        )
        for _ in range(8)
    ]
    for screen in screens:
        screen.start()
    there.append(event(1))
    wake(operation)
    for screen in screens:
        screen.join()
    assert got == [1] * 8


def test_a_watch_that_nobody_holds_is_forgotten() -> None:
    operation = uuid4()
    assert watch_of(operation, lambda _: [], frame, 0).after(0, 0) == []
    wake(operation)  # nobody is there to be woken
    assert watch_of(operation, lambda _: [], frame, 5).after(3, 0) is None
