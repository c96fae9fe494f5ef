import asyncio
from collections.abc import Callable

from luzeiro.networks.kit.driver.timer import Timer


class Loop:
    """Keeps what is to be called, and when; time stands still."""

    def __init__(self) -> None:
        self.set: list[tuple[float, Callable[[], object]]] = []

    def call_later(self, delay_s: float, call: Callable[[], object]) -> asyncio.Handle:
        one = (delay_s, call)
        self.set.append(one)
        return _Handle(self, one)  # type: ignore[return-value] # all that the timer uses


class _Handle:
    def __init__(self, loop: Loop, one: tuple[float, Callable[[], object]]) -> None:
        self._loop, self._one = loop, one

    def cancel(self) -> None:
        self._loop.set.remove(self._one)


def timer() -> tuple[Timer, Loop, list[str]]:
    loop, calls = Loop(), list[str]()
    return Timer(loop, lambda: calls.append("called")), loop, calls  # type: ignore[arg-type]


def delays(loop: Loop) -> list[float]:
    return [delay_s for delay_s, _ in loop.set]


def test_it_goes_off_by_the_earliest_deadline() -> None:
    one, loop, _ = timer()
    for deadline in (107.0, 103.0, 105.0, None):
        one.by(deadline, 100.0)
    assert delays(loop) == [3.0]


def test_after_it_went_off_a_later_deadline_counts_again() -> None:
    one, loop, calls = timer()
    one.by(103.0, 100.0)
    loop.set.pop()[1]()
    one.by(109.0, 104.0)
    assert calls == ["called"]
    assert delays(loop) == [5.0]


def test_what_is_overdue_waits_for_a_tick() -> None:
    one, loop, _ = timer()
    one.by(99.0, 100.0)
    assert delays(loop) == [0.001]


def test_cancelled_it_is_not_called_and_can_be_set_anew() -> None:
    one, loop, calls = timer()
    one.by(103.0, 100.0)
    one.cancel()
    assert not delays(loop)
    assert not calls
    one.by(105.0, 100.0)
    assert delays(loop) == [5.0]
