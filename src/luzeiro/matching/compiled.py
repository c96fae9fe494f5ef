"""`search.search` compiled with numba: the optional extra `fast`.

The work goes in stages over a group of digests, so that the processor has many loads from memory
under way at once instead of waiting for each: buckets, then keys, then tails.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from luzeiro.matching.search import NOT_FOUND, UNDECIDED, Sections

_Function = TypeVar("_Function", bound=Callable[..., Any])  # Any: of whatever signature
_compile = cast(
    "Callable[[_Function], _Function]",
    numba.njit(nogil=True, boundscheck=False, error_model="numpy"),
)
_GROUP = 128  # digests at a time: their loads overlap, their scratch stays in the first cache
_WINDOW = 8  # keys compared at once; as many sentinels follow the last key


def search(words: NDArray[np.uint32], sections: Sections) -> NDArray[np.int64]:
    """As `search.search`: the same answers to the same questions."""
    entries = np.empty(len(words), np.int64)
    shift = np.uint64(sections.shift)
    _search(words, sections.offsets, sections.keys, sections.tails, shift, entries)
    return entries


@_compile
def _search(
    words: NDArray[np.uint32],
    offsets: NDArray[np.uint32],
    keys: NDArray[np.uint64],
    tails: NDArray[np.uint32],
    shift: np.uint64,
    entries: NDArray[np.int64],
) -> np.uint64:
    count = np.uint64(len(tails))
    wanted = np.empty(_GROUP, np.uint64)
    rows = np.empty(_GROUP, np.uint64)
    same = np.empty(_GROUP, np.uint64)  # places in the group whose key was found
    last_of_window = np.uint64(_WINDOW - 1)
    touched = np.uint64(0)  # given back so that the compiler keeps the loads that fill it
    for start in range(0, len(words), _GROUP):
        size = min(_GROUP, len(words) - start)
        group, found = words[start : start + size], entries[start : start + size]
        for i in range(size):
            wanted[i] = _key(group, i)
            rows[i] = min(np.uint64(offsets[wanted[i] >> shift]), count)
        for i in range(size):
            touched ^= keys[rows[i]] ^ keys[rows[i] + last_of_window]  # may lie in two cache lines
        matches = np.int64(0)
        for i in range(size):
            row = _first_not_below(wanted[i], rows[i], offsets, keys, shift)
            rows[i] = row
            found[i] = NOT_FOUND
            same[matches] = i
            matches += np.int64((row < count) & (keys[row] == wanted[i]))  # no branch to guess
        for j in range(matches):
            touched ^= np.uint64(tails[rows[same[j]], 0])
        for j in range(matches):
            found[same[j]] = _entry(group, same[j], rows[same[j]], keys, tails)
    return touched


@_compile
def _key(group: NDArray[np.uint32], i: int) -> np.uint64:
    high, low = _swapped(group[i, 0]), _swapped(group[i, 1])
    return (high << np.uint64(32)) | low


@_compile
def _swapped(word: np.uint32) -> np.uint64:
    w = np.uint64(word)
    pairs = ((w & np.uint64(0x00FF00FF)) << np.uint64(8)) | (
        (w >> np.uint64(8)) & np.uint64(0x00FF00FF)
    )
    return ((pairs & np.uint64(0xFFFF)) << np.uint64(16)) | (pairs >> np.uint64(16))


@_compile
def _first_not_below(
    wanted: np.uint64,
    row: np.uint64,
    offsets: NDArray[np.uint32],
    keys: NDArray[np.uint64],
    shift: np.uint64,
) -> np.uint64:
    below = np.uint64(0)
    for j in range(_WINDOW):
        below += np.uint64(keys[row + np.uint64(j)] < wanted)
    if below < np.uint64(_WINDOW):
        return row + below
    low = row + below
    high = min(np.uint64(offsets[(wanted >> shift) + np.uint64(1)]), np.uint64(len(keys) - _WINDOW))
    while low < high:
        middle = (low + high) >> np.uint64(1)
        if keys[middle] < wanted:
            low = middle + np.uint64(1)
        else:
            high = middle
    return low


@_compile
def _entry(
    group: NDArray[np.uint32],
    i: np.uint64,
    row: np.uint64,
    keys: NDArray[np.uint64],
    tails: NDArray[np.uint32],
) -> np.int64:
    rest = tails.shape[1] - 1
    equal = True
    for j in range(rest):
        equal &= tails[row, j] == group[i, j + 2]
    if equal:
        return np.int64(tails[row, rest])
    shared = keys[row + np.uint64(1)] == keys[row]
    return np.int64(UNDECIDED if shared else NOT_FOUND)
