"""A tree of networks as sorted ranges, IPv4 and IPv6 to all 128 bits; arrays only.

The tree is walked level by level, every network of a level at once. IPv4 stands in an IPv6 tree at
::/96, and usually once more behind ::ffff:0:0/96, 2001::/32 and 2002::/16, as one shared subtree:
that is expanded once, and the others are kept as aliases.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from luzeiro.places.errors import BrokenDataError

_V4_DEPTH = 96
_ZERO, _ONE = np.uint64(0), np.uint64(1)


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges that cover all addresses: each begins at a start and ends before the next one.

    `v4_starts` are uint32, `v6_starts` shape (n, 2) of uint64 (high, low half), both ascending;
    values are int64. In `v6_values`, -2 - k is the alias `k`: the 32 bits behind its prefix, which
    is `alias_depths[k]` long, are an IPv4 address to look up.
    """

    v4_starts: NDArray[np.uint32]
    v4_values: NDArray[np.int64]
    v6_starts: NDArray[np.uint64]
    v6_values: NDArray[np.int64]
    alias_depths: NDArray[np.int64]

    def mapped(self, to: Callable[[NDArray[np.int64]], NDArray[np.int64]]) -> Self:
        """The same ranges with other values; aliases stay. Neighbours that are now alike join."""
        v6 = self.v6_values.copy()
        plain = v6 > -2
        v6[plain] = to(v6[plain])
        v4_starts, v4_values = _joined(self.v4_starts, to(self.v4_values))
        v6_starts, v6_values = _joined(self.v6_starts, v6)
        return replace(
            self,
            v4_starts=v4_starts,
            v4_values=v4_values,
            v6_starts=v6_starts,
            v6_values=v6_values,
        )


@dataclass(frozen=True, slots=True)
class _Level:
    """Records reached at one depth, and the prefixes that lead there."""

    records: NDArray[np.int64]
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]

    def where(self, mask: NDArray[np.bool_]) -> "_Level":
        return _Level(self.records[mask], self.high[mask], self.low[mask])

    def below(self, nodes: NDArray[np.int64], depth: int, bits: int) -> "_Level":
        """One level further down: each node's left and right record."""
        bit = bits - 1 - depth
        high = _ONE << np.uint64(bit - 64) if bit >= 64 else _ZERO
        low = _ONE << np.uint64(bit) if bit < 64 else _ZERO
        return _Level(
            nodes[self.records].ravel(),
            np.stack([self.high, self.high | high], axis=1).ravel(),
            np.stack([self.low, self.low | low], axis=1).ravel(),
        )


def expand(nodes: NDArray[np.int64], ip_version: int) -> Ranges:
    """Expand a search tree.

    Args:
        nodes: shape (n, 2), the left and right record of each node: below n a node, n nothing,
            above n whatever the caller means by it.
        ip_version: 4 or 6.

    Raises:
        BrokenDataError: the tree goes in circles or deeper than an address.

    Cost: a few array operations a level; each node is visited once, unless the file shares them.
    """
    reached = np.zeros(len(nodes), bool)
    start = _v4_start(nodes) if ip_version == 6 else 0
    v4, _ = _leaves(nodes, start, 32, reached)
    starts, values = _ordered(v4)
    v4_starts = starts[:, 1].astype(np.uint32)
    if ip_version == 4:
        _check_reached(reached)
        nothing = np.full(1, len(nodes), np.int64)
        return Ranges(
            v4_starts, values, np.zeros((1, 2), np.uint64), nothing, np.empty(0, np.int64)
        )
    v6, depths = _leaves(nodes, 0, 128, reached, alias=start if start < len(nodes) else None)
    _check_reached(reached)
    v6_starts, v6_values = _ordered(v6)
    return Ranges(v4_starts, values, v6_starts, v6_values, depths)


def _check_reached(reached: NDArray[np.bool_]) -> None:
    if not reached.all():
        missed = len(reached) - int(reached.sum())
        raise BrokenDataError(f"nothing leads to {missed} of its tree's {len(reached)} nodes")


def _v4_start(nodes: NDArray[np.int64]) -> int:
    """The record of ::/96: where look-ups of IPv4 begin."""
    record = 0
    for _ in range(_V4_DEPTH):
        if record >= len(nodes):
            break
        record = int(nodes[record, 0])
    return record


def _leaves(
    nodes: NDArray[np.int64],
    start: int,
    bits: int,
    reached: NDArray[np.bool_],
    *,
    alias: int | None = None,
) -> tuple[list[_Level], NDArray[np.int64]]:
    """What a walk from `start` ends at; where it reaches the node `alias`, an alias instead."""
    most = 4 * len(nodes) + 1024  # a tree has one way to each node; circles would have many
    level = _Level(np.array([start], np.int64), np.zeros(1, np.uint64), np.zeros(1, np.uint64))
    found: list[_Level] = []
    depths: list[int] = []
    visited = 0
    for depth in range(bits + 1):
        if alias is not None and 0 < depth <= _V4_DEPTH:
            to_v4 = level.records == alias
            if (count := int(to_v4.sum())) > 0:
                aliases = level.where(to_v4)
                numbers = -2 - np.arange(len(depths), len(depths) + count)
                found.append(replace(aliases, records=numbers))
                depths += [depth] * count
                level = level.where(~to_v4)
        inner = level.records < len(nodes)
        reached[level.records[inner]] = True
        found.append(level.where(~inner))
        level = level.where(inner)
        visited += len(level.records)
        if not len(level.records):
            return found, np.array(depths, np.int64)
        if depth == bits or visited > most:
            break
        level = level.below(nodes, depth, bits)
    raise BrokenDataError("its tree goes in circles, or deeper than an address has bits")


def _ordered(found: list[_Level]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    high = np.concatenate([level.high for level in found])
    low = np.concatenate([level.low for level in found])
    values = np.concatenate([level.records for level in found])
    order = np.lexsort((low, high))
    return np.stack([high[order], low[order]], axis=1), values[order]


def _joined(starts: NDArray, values: NDArray[np.int64]) -> tuple[NDArray, NDArray[np.int64]]:  # type: ignore[type-arg] # of either width
    first = np.ones(len(values), bool)
    first[1:] = values[1:] != values[:-1]
    return starts[first], values[first]
