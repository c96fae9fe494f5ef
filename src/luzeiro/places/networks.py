"""Networks one by one, as lists and registries give them, made into ranges."""

from collections.abc import Iterable

import numpy as np

from luzeiro.places.ranges import Ranges

V4, V6 = 32, 128
Network = tuple[int, int, int, int]  # bits of an address (32 or 128), first, last, value


def to_ranges(networks: Iterable[Network]) -> Ranges:
    """Make ranges; where networks overlap, the smaller one counts; the later of two alike.

    Args:
        networks: in any order; the first and last address as numbers, the value from 0 on.
    """
    held = list(networks)
    v4 = _flattened([one for one in held if one[0] == V4], V4)
    v6 = _flattened([one for one in held if one[0] == V6], V6)
    halves = [(start >> 64, start & (2**64 - 1)) for start, _ in v6]
    return Ranges(
        np.array([start for start, _ in v4], np.uint32),
        np.array([value for _, value in v4], np.int64),
        np.array(halves, np.uint64).reshape(-1, 2),
        np.array([value for _, value in v6], np.int64),
        np.empty(0, np.int64),
    )


def _flattened(networks: list[Network], bits: int) -> list[tuple[int, int]]:
    """Where each value begins, ascending, from address 0 on; -1 where no network is."""
    ordered = sorted(enumerate(networks), key=lambda one: (one[1][1], -one[1][2], one[0]))
    begins: list[tuple[int, int]] = [(0, -1)]
    open_: list[
        tuple[int, int]
    ] = []  # last address and value of the networks around, smallest last

    def change(at: int, value: int) -> None:
        if begins[-1][0] == at:
            begins.pop()
        if not begins or begins[-1][1] != value:
            begins.append((at, value))

    def close_before(first: int) -> None:
        while open_ and open_[-1][0] < first:
            last, _ = open_.pop()
            while open_ and open_[-1][0] <= last:  # only networks that cross, which no list has
                open_.pop()
            if last + 1 < 1 << bits:
                change(last + 1, open_[-1][1] if open_ else -1)

    for _, (_, first, last, value) in ordered:
        close_before(first)
        change(first, value)
        open_.append((last, value))
    close_before(1 << bits)
    return begins
