"""Sessions of an engine that answers one question at a time in each: whoever asks gets one of his
own, so that a question of milliseconds does not wait for an insert of seconds.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, Generic, TypeVar

_Session = TypeVar("_Session", bound=Any)  # chdb has no types


class Sessions(Generic[_Session]):
    """Lends sessions, opening one where all that are open are lent."""

    def __init__(self, opening: Callable[[], _Session], at_once: int) -> None:
        """Open the first.

        Args:
            opening: opens one.
            at_once: as many are lent at most; who comes then waits for one to come back.
        """
        self._opening = opening
        self._at_once, self._room = at_once, BoundedSemaphore(at_once)
        self._idle = [opening()]  # the last to come back is the next to go
        self._is_closed = False

    @contextmanager
    def lent(self) -> Iterator[_Session]:
        """A session that nobody else has meanwhile.

        Raises:
            RuntimeError: they were closed.
        """
        with self._room:
            if self._is_closed:
                raise RuntimeError("the store was closed meanwhile")
            try:
                session = self._idle.pop()
            except IndexError:
                session = self._opening()
            try:
                yield session
            finally:
                self._idle.append(session)

    def close(self) -> None:
        """Wait for those that are lent, and close all."""
        for _ in range(self._at_once):
            self._room.acquire()
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()
        self._room.release(self._at_once)
