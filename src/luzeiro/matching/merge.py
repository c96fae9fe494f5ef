"""Merge sorted runs, the old index among them, in one pass and bounded memory."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from luzeiro.matching.runs import Rows, newest_ascending


class Source(Protocol):
    """Rows that ascend, none repeated: a run, or the old index."""

    @property
    def age(self) -> int: ...
    def __len__(self) -> int: ...
    def rows(self, start: int, stop: int) -> Rows: ...
    def key_at(self, row: int) -> int: ...
    def first_above(self, key: int) -> int: ...


def merge(
    sources: Sequence[Source], *, rows_at_once: int
) -> Iterator[tuple[Rows, NDArray[np.uint32]]]:
    """Give the newest row of each digest, ascending, slice by slice, with the rows' ages.

    A slice ends between two keys, so that all rows of a digest meet in one. It has some
    `rows_at_once` rows; more only where more than that share their first 64 bits.
    """
    share = max(rows_at_once // max(len(sources), 1), 1)
    at = [0] * len(sources)
    while any(start < len(source) for start, source in zip(at, sources, strict=True)):
        last = min(
            source.key_at(min(start + share, len(source)) - 1)
            for start, source in zip(at, sources, strict=True)
            if start < len(source)
        )
        ends = [source.first_above(last) for source in sources]
        parts = [s.rows(start, end) for s, start, end in zip(sources, at, ends, strict=True)]
        ages = [
            np.full(len(part), s.age, np.uint32) for s, part in zip(sources, parts, strict=True)
        ]
        rows = Rows(
            np.concatenate([part.keys for part in parts]),
            np.concatenate([part.tails for part in parts]),
        )
        yield newest_ascending(rows, np.concatenate(ages))
        at = ends
