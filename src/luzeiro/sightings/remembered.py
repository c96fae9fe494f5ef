"""Keys and the numbers that they got, for hundreds of thousands of keys at a time.

A dict would need an object and several misses of the cache for each; here a key is found by eight
bytes that are made of its end, among sorted ones, and then compared whole.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

UNSEEN = -1
_END_BYTES = 12  # the end of a digest and a place: as good as unique
_MIXED = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)  # odd


class RememberedKeys:
    """Numbers keys from 0, in the order in which they are added."""

    def __init__(self) -> None:
        self._keys = pa.array([], pa.large_binary())  # by number
        self._marks = np.empty(0, np.uint64)  # ascending
        self._numbers = np.empty(0, np.int64)  # of the keys with these marks

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, keys: pa.Array) -> NDArray[np.int64]:
        """The number of each key (large_binary), or UNSEEN."""
        if not len(self):
            return np.full(len(keys), UNSEEN, np.int64)
        marks = _marks_of(keys)
        at = np.minimum(np.searchsorted(self._marks, marks), len(self) - 1)
        numbers: NDArray[np.int64] = self._numbers[at]
        # Two keys with one mark: the second is not found, so its owner asks and adds it again.
        same = pc.equal(self._keys.take(pa.array(numbers)), keys)
        return np.where(same.to_numpy(zero_copy_only=False), numbers, UNSEEN)

    def add(self, keys: pa.Array) -> None:
        """Give the next numbers to keys that are not there."""
        marks = _marks_of(keys)
        order = np.argsort(marks)
        at = np.searchsorted(self._marks, marks[order])
        self._marks = np.insert(self._marks, at, marks[order])
        self._numbers = np.insert(self._numbers, at, len(self) + order)
        self._keys = pa.concat_arrays([self._keys, keys])


def _marks_of(keys: pa.Array) -> NDArray[np.uint64]:
    held, ends = keys.buffers()[2], np.frombuffer(keys.buffers()[1], np.int64)
    raw = np.frombuffer(held, np.uint8) if held else np.zeros(1, np.uint8)
    ends = ends[keys.offset + 1 :][: len(keys)]
    last = raw[np.maximum(ends[:, None] - np.arange(_END_BYTES, 0, -1), 0)]
    words = np.ascontiguousarray(last).view("<u4").astype(np.uint64)
    marks: NDArray[np.uint64] = (words * _MIXED).sum(axis=1, dtype=np.uint64)
    return marks
