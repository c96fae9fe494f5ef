"""One look at the table for all screens of an operation: fifty of them ask no more than one does.

Whichever stream is first looks, every `EVERY_S`; the others sleep until there is something. Nobody
works in the background, so there is nothing to start, to stop, or to be left running. A deed that
is done in this process wakes the one that looks, by itself (`wake`).
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from uuid import UUID
from weakref import WeakValueDictionary

from luzeiro.casework.operations.models import BoardEvent

EVERY_S = 0.2  # between two looks at the table
AT_MOST = 500  # events of one look
KEPT = 1_000  # events that stay in memory; a screen that is further behind asks the table itself

Fetch = Callable[[int], Sequence[BoardEvent]]
Frame = Callable[[BoardEvent], str]


class Watch:
    """The newest events of one operation, as frames, in the order of their numbers.

    Args:
        fetch: the events after a number, in order, at most `AT_MOST` of them.
        frame: an event as it is sent; made once for all screens.
        last: the number from which on this watch knows every event.
        now: seconds, any monotonic origin.
        pause: waits on a condition that the caller holds, for at most so many seconds.
    """

    def __init__(
        self,
        fetch: Fetch,
        frame: Frame,
        last: int,
        *,
        now: Callable[[], float],
        pause: Callable[[threading.Condition, float], object],
    ) -> None:
        self._fetch, self._frame, self._now, self._pause = fetch, frame, now, pause
        self._changed = threading.Condition()
        self._frames: deque[tuple[int, str]] = deque()
        self._from = self._last = last  # every event in (from, last] is among the frames
        self._looks_at = now()
        self._somebody_looks = False

    def after(self, number: int, until: float) -> list[tuple[int, str]] | None:
        """Wait for events after a number: they come numbered; none by `until`: an empty list.

        None: the number is older than what is kept; ask the table.
        """
        with self._changed:
            while True:
                if number < self._from:
                    return None
                found = self._since(number)
                left = until - self._now()
                if found or left <= 0:
                    return found
                if self._somebody_looks:
                    self._pause(self._changed, left)
                else:
                    self._look(until)

    def wake(self) -> None:
        """Let whoever looks do so at once."""
        with self._changed:
            self._looks_at = self._now()
            self._changed.notify_all()

    def _since(self, number: int) -> list[tuple[int, str]]:
        if number >= self._last:
            return []
        return [one for one in self._frames if one[0] > number]

    def _look(self, until: float) -> None:
        """Be the one that looks, once; the lock is held on entry and on return."""
        self._somebody_looks = True
        try:
            while (wait := min(self._looks_at, until) - self._now()) > 0:
                self._pause(self._changed, wait)
            if self._now() < self._looks_at:
                return
            self._looks_at = self._now() + EVERY_S
            last = self._last
            self._changed.release()
            try:
                events = [(one.pk, self._frame(one)) for one in self._fetch(last)]
            finally:
                self._changed.acquire()
            self._keep(events)
        finally:
            self._somebody_looks = False
            self._changed.notify()  # another looks when this one goes

    def _keep(self, events: list[tuple[int, str]]) -> None:
        if not events:
            return
        self._frames.extend(events)
        self._last = events[-1][0]
        while len(self._frames) > KEPT:
            self._from = self._frames.popleft()[0]
        self._changed.notify_all()


_watches: WeakValueDictionary[UUID, Watch] = WeakValueDictionary()
_registry = threading.Lock()


def watch_of(operation_id: UUID, fetch: Fetch, frame: Frame, last: int) -> Watch:
    """The watch of an operation; it is there for as long as a stream holds it."""
    with _registry:
        found = _watches.get(operation_id)
        if found is None:
            found = Watch(
                fetch, frame, last, now=time.monotonic,
                pause=lambda changed, seconds: changed.wait(seconds),
            )  # fmt: skip
            _watches[operation_id] = found
        return found


def wake(operation_id: UUID) -> None:
    """Say that an operation has a new event, where a stream of this process watches it."""
    with _registry:
        found = _watches.get(operation_id)
    if found is not None:
        found.wake()
