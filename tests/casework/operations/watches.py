"""A watch whose time passes only by pausing, and events out of nothing."""

import threading
from collections.abc import Callable

from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.models import BoardEvent
from luzeiro.casework.operations.stream import frame
from luzeiro.casework.operations.watching import Fetch, Watch
from tests.casework.world import NOW


class Clock:
    """Pausing is what makes its time pass; `waited` keeps for how long."""

    def __init__(self) -> None:
        self.at = 0.0
        self.waited: list[float] = []

    def now(self) -> float:
        return self.at

    def pause(self, _changed: threading.Condition, seconds: float) -> None:
        self.waited.append(seconds)
        self.at += seconds

    def watch(self, fetch: Fetch) -> Callable[[int], Watch]:
        return lambda last: Watch(fetch, frame, last, now=self.now, pause=self.pause)


def event(number: int) -> BoardEvent:
    return BoardEvent(
        pk=number, kind="hour", after="x", at=NOW, by=Officer(name="Olga", unit=Unit(name="Bench"))
    )
