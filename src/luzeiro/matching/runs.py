"""Sorted runs: what a build sorts in memory, spills to disk and merges."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from luzeiro.matching.search import keys_of


@dataclass(frozen=True, slots=True)
class Rows:
    """Digests and their entries, as an index keeps them."""

    keys: NDArray[np.uint64]  # shape (n,): the first 64 bits
    tails: NDArray[np.uint32]  # shape (n, words): the rest as raw words, then the entry

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, which: slice | NDArray[np.int64] | NDArray[np.bool_]) -> Self:
        return type(self)(self.keys[which], self.tails[which])

    @classmethod
    def of(cls, digests: NDArray[np.uint8], entries: NDArray[np.uint32]) -> Self:
        """Rows of digests, shape (n, width), and their entries, shape (n,)."""
        words = np.ascontiguousarray(digests).view(np.uint32)
        return cls(keys_of(words), np.column_stack((words[:, 2:], entries)))


def newest_ascending(rows: Rows, ages: NDArray[np.uint32]) -> tuple[Rows, NDArray[np.uint32]]:
    """Sort rows bytewise and keep the newest row of each digest, with its age.

    Args:
        rows: in any order.
        ages: shape (n,): the higher, the newer; of two alike the later row is the newer.

    Cost: one sort of numbers, and a second of the rows whose 64 bits are not theirs alone.
    """
    order = np.argsort(rows.keys)
    keys = rows.keys[order]
    tied = np.zeros(len(keys), np.bool_)
    tied[1:] = keys[1:] == keys[:-1]
    last = np.ones(len(keys), np.bool_)
    tied[:-1] |= tied[1:]
    places = np.flatnonzero(tied)
    if len(places):
        members = order[places]
        rest = rows.tails[members, :-1].view(">u4")  # as numbers that sort as the bytes do
        ranks = (members, ages[members], *rest.T[::-1], keys[places])
        order[places] = members[np.lexsort(ranks)]
        above, below = order[places[1:]], order[places[:-1]]
        last[places[:-1]] = (rows.keys[above] != rows.keys[below]) | (
            rows.tails[above, :-1] != rows.tails[below, :-1]
        ).any(axis=1)
    kept = order[last]
    return rows[kept], ages[kept]


class Run:
    """A sorted run on disk, read as mapped arrays."""

    def __init__(self, rows: Rows, age: int) -> None:
        self._rows = rows
        self.age = age  # the higher, the newer: of one digest's rows the newest holds

    @classmethod
    def spill(cls, rows: Rows, path: Path, age: int) -> Self:
        """Write rows that ascend, none repeated, and map them."""
        if len(rows) == 0:
            return cls(rows, age)
        keys, tails = path.with_suffix(".keys"), path.with_suffix(".tails")
        rows.keys.tofile(keys)
        rows.tails.tofile(tails)
        return cls(
            Rows(
                np.memmap(keys, np.uint64, "r"),
                np.memmap(tails, np.uint32, "r", shape=rows.tails.shape),
            ),
            age,
        )

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, start: int, stop: int) -> Rows:
        return self._rows[start:stop]

    def key_at(self, row: int) -> int:
        return int(self._rows.keys[row])

    def first_above(self, key: int) -> int:
        """The first row whose key is above this one; the count where none is."""
        return int(np.searchsorted(self._rows.keys, np.uint64(key), "right"))
