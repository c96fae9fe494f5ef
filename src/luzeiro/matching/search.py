"""Many digests against an index's sections, in numpy; `compiled` does the same with numba."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NOT_FOUND = -1
UNDECIDED = -2  # several digests share these 64 bits: look this one up alone
_CHUNK = 16_384  # digests at a time: their scratch stays in the processor's second cache


@dataclass(frozen=True, slots=True)
class Sections:
    """An index's sections as arrays over the mapped file."""

    offsets: NDArray[np.uint32]  # where each bucket begins, and the count
    keys: NDArray[np.uint64]  # ascending, then sentinels of all ones
    tails: NDArray[np.uint32]  # a row each: the rest of the digest as raw words, the entry
    shift: int  # of a key, for its bucket

    @property
    def count(self) -> int:
        return len(self.tails)


def keys_of(words: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """The first 64 bits of each digest as a number that sorts as the bytes do."""
    return np.ascontiguousarray(words[:, :2]).view(">u8").ravel().astype(np.uint64)


def search(words: NDArray[np.uint32], sections: Sections) -> NDArray[np.int64]:
    """Find each digest's entry.

    Args:
        words: shape (n, width / 4), one raw digest a row.
        sections: the index; what the digests need of it has been checked.

    Returns:
        Shape (n,): the entry, NOT_FOUND, or UNDECIDED.

    Cost: one step for each bit of the fullest bucket's size among a chunk's buckets.
    """
    entries = np.full(len(words), NOT_FOUND, np.int64)
    for start in range(0, len(words), _CHUNK):
        _search_chunk(words[start : start + _CHUNK], sections, entries[start : start + _CHUNK])
    return entries


def _search_chunk(
    words: NDArray[np.uint32], sections: Sections, entries: NDArray[np.int64]
) -> None:
    wanted = keys_of(words)
    at = _first_not_below(wanted, sections)
    same = np.flatnonzero((sections.keys.take(at) == wanted) & (at < sections.count))
    at = at[same]
    tails = sections.tails.take(at, axis=0)
    equal = (tails[:, :-1] == words[same, 2:]).all(axis=1)
    shared = sections.keys.take(at + 1) == sections.keys.take(at)
    entries[same[equal]] = tails[equal, -1]
    entries[same[~equal & shared]] = UNDECIDED


def _first_not_below(wanted: NDArray[np.uint64], sections: Sections) -> NDArray[np.int64]:
    """Row of the first key that is not below each wanted one; the count where there is none.

    Keys past a bucket's end belong to higher buckets, or are sentinels, so no probe is too far:
    the steps need no upper end, only a start and enough of them.
    """
    buckets = (wanted >> np.uint64(sections.shift)).view(np.int64)
    at = sections.offsets.take(buckets).astype(np.int64)
    size = int((sections.offsets.take(buckets + 1) - at).max(initial=0))
    step = 1 << size.bit_length()
    while step := step >> 1:
        below = sections.keys.take(at + (step - 1), mode="clip") < wanted
        at += below * np.int64(step)
    return at
