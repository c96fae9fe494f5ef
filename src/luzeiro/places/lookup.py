"""Which row of a table holds each address: arrays in, arrays out; exact to the last bit.

IPv4 goes by its first 24 bits through a table of 16.8 million entries; where a /24 is split, the
rest is found among the sorted starts. IPv6 is found among sorted high halves, and where a /64 is
split, among the low halves too.
"""

import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from luzeiro.places.ranges import Ranges

_Word = TypeVar("_Word", np.uint32, np.uint64)
NOWHERE = -1
_FEW_STARTS = 20_000  # a binary search among so few stays in the processor's cache
_SPLIT = -2  # in `v4_table`: look among the starts
_MAPPED = np.frombuffer(b"\0\0\xff\xff", np.uint32)[0]  # of ::ffff:0:0/96 (RFC 4291, 2.5.5.2)
_LOW_32 = np.uint64(0xFFFF_FFFF)


@dataclass(frozen=True, slots=True, eq=False)
class AddressTable:
    """Sorted ranges made ready for look-ups; `save` and `load` map the arrays of a folder."""

    v4_table: NDArray[np.int32]  # row for each /24, NOWHERE, or _SPLIT; empty with few starts
    v4_starts: NDArray[np.uint32]
    v4_values: NDArray[np.int32]
    v6_highs: NDArray[np.uint64]  # distinct, ascending
    v6_begins: NDArray[np.int64]  # where each one's lows begin; one more than highs
    v6_lows: NDArray[np.uint64]
    v6_values: NDArray[np.int32]  # -2 - k is alias k (ranges.py)
    alias_depths: NDArray[np.int64]

    @classmethod
    def build(cls, ranges: Ranges) -> Self:
        """Make ranges ready; their values are rows, or -1."""
        highs, begins = np.unique(ranges.v6_starts[:, 0], return_index=True)
        return cls(
            _table_of_24s(ranges.v4_starts, ranges.v4_values),
            ranges.v4_starts,
            ranges.v4_values.astype(np.int32),
            highs,
            np.append(begins, len(ranges.v6_starts)).astype(np.int64),
            np.ascontiguousarray(ranges.v6_starts[:, 1]),
            ranges.v6_values.astype(np.int32),
            ranges.alias_depths,
        )

    def save(self, folder: Path) -> None:
        """Write the arrays into a folder."""
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map the arrays of a folder.

        Raises:
            OSError, ValueError: one is missing or no array.
        """
        return cls(*(np.load(folder / f"{field.name}.npy", mmap_mode="r") for field in fields(cls)))

    def find(self, addresses: NDArray[np.uint8]) -> NDArray[np.int32]:
        """Find each address's row.

        Args:
            addresses: shape (n, 16), network order, IPv4 mapped; in any order.

        Returns:
            Shape (n,): a row, or NOWHERE.

        Cost: one load for most IPv4 addresses; a binary search among the /64s for IPv6.
        """
        # Read as the processor does, and turned round only where a number is needed.
        words = np.ascontiguousarray(addresses).view(np.uint32)
        halves = words.view(np.uint64)
        is_v4 = (halves[:, 0] == 0) & (words[:, 2] == _MAPPED)
        if is_v4.all():
            return self._find_v4(_number(words[:, 3]))
        rows = np.empty(len(words), np.int32)
        v4, v6 = np.flatnonzero(is_v4), np.flatnonzero(~is_v4)
        rows[v4] = self._find_v4(_number(words[:, 3].take(v4)))
        high, low = (_number(halves[:, half].take(v6)) for half in (0, 1))
        rows[v6] = self._find_v6(high, low)
        return rows

    def _find_v4(self, addresses: NDArray[np.uint32]) -> NDArray[np.int32]:
        if not len(self.v4_table):
            at = np.searchsorted(self.v4_starts, addresses, "right") - 1
            return self.v4_values.take(at)
        rows = self.v4_table.take(addresses >> np.uint32(8))
        split = np.flatnonzero(rows == _SPLIT)
        if len(split):
            at = np.searchsorted(self.v4_starts, addresses[split], "right") - 1
            rows[split] = self.v4_values[at]
        return rows

    def _find_v6(self, high: NDArray[np.uint64], low: NDArray[np.uint64]) -> NDArray[np.int32]:
        at = np.searchsorted(self.v6_highs, high, "right") - 1
        begin, end = self.v6_begins[at], self.v6_begins[at + 1]
        # Beyond its own /64, the last range of a high half goes on until the next one.
        place = end - 1
        inside = np.flatnonzero(self.v6_highs[at] == high)
        if len(inside):
            place[inside] = self._among_lows(begin[inside], end[inside], low[inside])
        rows = self.v6_values[place]
        aliased = np.flatnonzero(rows < NOWHERE)
        if len(aliased):
            depths = self.alias_depths[-2 - rows[aliased].astype(np.int64)]
            rows[aliased] = self._find_v4(_bits_behind(high[aliased], low[aliased], depths))
        return rows

    def _among_lows(
        self, begin: NDArray[np.int64], end: NDArray[np.int64], low: NDArray[np.uint64]
    ) -> NDArray[np.int64]:
        """The last place in [begin, end) whose low half is not above `low`.

        Where all are above, the one before: the range that began at a lower high half goes on.
        """
        step = 1 << int((end - begin).max()).bit_length()
        at = begin - 1
        while step := step >> 1:
            probe = at + step
            fits = probe < end
            fits[fits] = self.v6_lows[probe[fits]] <= low[fits]
            at[fits] = probe[fits]
        return at


def _table_of_24s(starts: NDArray[np.uint32], values: NDArray[np.int64]) -> NDArray[np.int32]:
    if len(starts) <= _FEW_STARTS:
        return np.empty(0, np.int32)
    firsts = starts >> np.uint32(8)
    ends = np.append(firsts[1:], 1 << 24).astype(np.int64)
    counts = ends - firsts.astype(np.int64)
    table = np.repeat(values, counts).astype(np.int32)
    # A /24 in which a range begins elsewhere than at its first address has more than one value.
    table[firsts[(starts & np.uint32(255)) != 0]] = _SPLIT
    return table


def _number(raw: NDArray[_Word]) -> NDArray[_Word]:
    """Numbers in network order, as the processor's."""
    return raw.byteswap() if sys.byteorder == "little" else raw


def _bits_behind(
    high: NDArray[np.uint64], low: NDArray[np.uint64], depths: NDArray[np.int64]
) -> NDArray[np.uint32]:
    """The 32 bits that follow a prefix of each depth (at most 96)."""
    out = np.empty(len(high), np.uint32)
    for depth in np.unique(depths).tolist():
        some = depths == depth
        if depth <= 32:
            bits = high[some] >> np.uint64(32 - depth)
        elif depth < 64:
            bits = high[some] << np.uint64(depth - 32) | low[some] >> np.uint64(96 - depth)
        else:
            bits = low[some] >> np.uint64(96 - depth)
        out[some] = (bits & _LOW_32).astype(np.uint32)
    return out
