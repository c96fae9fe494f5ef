"""What every engine of the sightings store can do. Segments are the truth, a store their index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import pyarrow as pa

from luzeiro.sightings.engine import Engine
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.questions import Question, SpellsOfActivity


class StoreError(Exception):
    """The store cannot do what was asked: what, where, and what to do."""


class StoreBusyError(StoreError):
    """Another process has the store open, and did not let go of it in time."""


class StoreFullError(StoreError):
    """The store's disk has too little room to take in more."""


class By(StrEnum):
    """What sightings can be counted by."""

    GRADE = "grade"
    CLIENT = "client"
    DAY = "day"  # of `seen_at`, UTC


@dataclass(frozen=True, slots=True)
class Taken:
    """One line of the ledger: a segment whose sightings are all in the store."""

    sha256: bytes  # of the segment's file
    name: str  # of the segment's file
    sightings: int
    taken_at: datetime


class SightingStore(Protocol):
    """An open store. Every method raises StoreError where the engine fails.

    `SqlStore` is one over any engine: embedded, owned by another process, or a cluster.
    """

    @property
    def engine(self) -> Engine:
        """The database beneath."""
        ...

    def taken(self, sha256: bytes) -> Taken | None:
        """The ledger's line for a segment, if it was taken in whole."""
        ...

    def taken_among(self, segments: Sequence[bytes]) -> set[bytes]:
        """Which of some segments the ledger has, by SHA-256."""
        ...

    def latest_taken(self) -> Taken | None:
        """The ledger's last line."""
        ...

    def sightings_of(self, segments: Sequence[bytes]) -> dict[bytes, int]:
        """How many sightings of each segment are here; reads one column of the whole table."""
        ...

    def insert(self, rows: pa.Table, *, token: str = "") -> None:
        """Add rows (columns.py), all or, in a crash, possibly fewer: whole partitions of them.

        Args:
            rows: of whole segments.
            token: the same for the same rows, for an engine that drops repeats.
        """
        ...

    def remove(self, segments: Sequence[bytes]) -> None:
        """Take out what is here of some segments."""
        ...

    def enter(self, *lines: Taken) -> None:
        """Write lines of the ledger; they are on the disk when this returns."""
        ...

    def tidy(self) -> None:
        """Merge small parts, where many have gathered."""
        ...

    def rows(self, wanted: SightingFilter, *, limit: int | None = None) -> Iterator[pa.RecordBatch]:
        """Give sightings of `columns.RESULT`, newest first, with the grade derived."""
        ...

    def ask(self, question: Question) -> pa.Table:
        """Answer a named question (questions.py): a table of `question.answer`, in its order."""
        ...

    def spells(self, asked: SpellsOfActivity) -> pa.Table:
        """The same for spells of activity: one row a spell, by address and time (spells.py)."""
        ...

    def taken_after(self, segment: bytes | None, *, limit: int | None = None) -> list[Taken]:
        """The ledger's lines after a segment's, in the order of intake; None: from the first.

        Raises:
            StoreError: that segment was not taken in.
        """
        ...

    def count(self, wanted: SightingFilter) -> pa.Table:
        """Count: one row of sightings, addresses."""
        ...

    def count_by(self, wanted: SightingFilter, by: By) -> pa.Table:
        """Count: rows of grade, client or day (days since 1970), and sightings, addresses."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...
