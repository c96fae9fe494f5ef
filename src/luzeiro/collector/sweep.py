"""In which order the watch set is looked through, and where a restart goes on.

A sweep goes through the whole watch set once, in the order of its keys (infohashes, digests), which
are as good as random: each target gets its turn, and none a second before all have had one. The
cursor is a key, not a row, so it keeps its meaning when the watch set gains and loses entries.
"""

from dataclasses import dataclass
from typing import Protocol


class Ordered(Protocol):
    """What a sweep needs to know of a watch set: rows in ascending order of a key."""

    def __len__(self) -> int: ...

    def key_at(self, row: int) -> bytes: ...

    def first_at_or_after(self, key: bytes) -> int: ...


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a sweep stands: every target before `next_key` is done. Survives a restart."""

    sweep: int = 1
    next_key: bytes = b""
    targets_done: int = 0  # of this sweep


class Sweep:
    """Hands out targets, each once a sweep, and says how far all before are done.

    A new sweep begins when every target of the last one is done, and no sooner than `every_s`
    after that one began. Reads no clock: `now` is seconds of any monotonic origin.
    """

    def __init__(self, targets: Ordered, cursor: Cursor, *, every_s: float) -> None:
        self._targets, self._every_s = targets, every_s
        self._number, self._done = cursor.sweep, cursor.targets_done
        self._next = targets.first_at_or_after(cursor.next_key)
        self._under_way: set[int] = set()
        self._began_at: float | None = None

    def take(self, now: float) -> int | None:
        """Give the next target's row; None when there is none to begin now."""
        if self._began_at is None:
            self._began_at = now
        if self._next >= len(self._targets) and not self._begin_again(now):
            return None
        row = self._next
        self._next += 1
        self._under_way.add(row)
        return row

    def done(self, row: int) -> None:
        """Note that a target's turn is over, with all that it brought in hand."""
        self._under_way.remove(row)
        self._done += 1

    def next_at(self, now: float) -> float | None:
        """When the next sweep may begin; None while this one has a target to give or to await."""
        if self._next < len(self._targets) or self._under_way or not len(self._targets):
            return None
        return max(now, (self._began_at if self._began_at is not None else now) + self._every_s)

    def cursor(self) -> Cursor:
        """Give the point before which every target of this sweep is done."""
        row = min(self._under_way, default=self._next)
        if row >= len(self._targets):
            return Cursor(self._number + 1)
        return Cursor(self._number, self._targets.key_at(row), self._done)

    @property
    def number(self) -> int:
        return self._number

    @property
    def targets_done(self) -> int:
        """Targets done in this sweep, those under way not counted."""
        return self._done

    def _begin_again(self, now: float) -> bool:
        due = self.next_at(now)
        if due is None or due > now:
            return False
        self._number, self._done, self._next, self._began_at = self._number + 1, 0, 0, now
        return True
