"""One timer for a client that says when it wants to be called again."""

import asyncio
import math
from collections.abc import Callable

TICK_S = 0.001  # uvloop's clock: what is due sooner waits until then


class Timer:
    """Calls back no later than the earliest deadline it was given; perhaps sooner.

    One that goes off early only pumps in vain: moving it at each datagram costs more.
    """

    __slots__ = ("_at", "_call", "_handle", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
        self._loop, self._call = loop, call
        self._handle: asyncio.Handle | None = None
        self._at = math.inf

    def by(self, deadline: float | None, now: float) -> None:
        """Go off by then, on the loop's clock; None: nothing is due."""
        if deadline is None or self._at <= deadline:
            return
        self.cancel()
        self._at = deadline
        self._handle = self._loop.call_later(max(TICK_S, deadline - now), self._go)

    def cancel(self) -> None:
        """Do not go off."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle, self._at = None, math.inf

    def _go(self) -> None:
        self._handle, self._at = None, math.inf
        self._call()
