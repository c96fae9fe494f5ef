"""What every engine of the sightings store can do. Segments are the truth, a store their index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import pyarrow as pa

from luzeiro.sightings.filters import SightingFilter


class StoreError(Exception):
    """The store cannot do what was asked: what, where, and what to do."""


class StoreBusyError(StoreError):
    """Another process has the store open, and did not let go of it in time."""


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
    """An open store. Every method raises StoreError where the engine fails."""

    def taken(self, sha256: bytes) -> Taken | None:
        """The ledger's line for a segment, if it was taken in whole."""
        ...

    def sightings_of(self, sha256: bytes) -> int:
        """How many sightings of a segment are here; reads one column of the whole table."""
        ...

    def insert(self, rows: pa.Table) -> None:
        """Add the rows of one segment (columns.py), all or, in a crash, possibly fewer."""
        ...

    def remove(self, sha256: bytes) -> None:
        """Take out what is here of a segment."""
        ...

    def enter(self, taken: Taken) -> None:
        """Write a line of the ledger; it is on the disk when this returns."""
        ...

    def tidy(self) -> None:
        """Merge small parts, where many have gathered."""
        ...

    def rows(self, wanted: SightingFilter, *, limit: int | None = None) -> Iterator[pa.RecordBatch]:
        """Give sightings of `columns.RESULT`, newest first, with the grade derived."""
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
