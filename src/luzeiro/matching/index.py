"""An open matching index: which entry does a digest name?"""

import importlib
import mmap
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Self, cast

import numpy as np
from numpy.typing import NDArray

from luzeiro.matching import search
from luzeiro.matching.layout import (
    ENTRY_BYTES,
    HEADER_BYTES,
    KEY_BYTES,
    OFFSET_BYTES,
    SENTINEL_KEYS,
    DamagedIndexError,
    Layout,
)
from luzeiro.matching.seal import Seals
from luzeiro.matching.search import NOT_FOUND, UNDECIDED, Sections
from luzeiro.observations.identifiers import IdentifierKind

_Search = Callable[[NDArray[np.uint32], Sections], NDArray[np.int64]]
WORTH_COMPILING = 50_000  # digests in one batch: compiling takes a second or two, once
_WORTH_CHECKING_ALL = 1_000  # digests in one batch: fewer are looked up one by one until all is


class MatchingIndex:
    """The digests of one kind and the entries that they name: mapped, immutable, exact.

    Opening checks the header and the checksums of the blocks; a block is checked once, before the
    first answer that reads from it. Memory and disk are trusted from then on, until `verify`.
    Threads and forked processes may share it; it is unmapped when the last of them lets it go.
    """

    def __init__(self, path: Path, data: mmap.mmap, layout: Layout, header: bytes) -> None:
        self.path = path
        self.digest = header[-32:]  # SHA-256 that seals the whole file: two alike are one index
        self._layout = layout
        self._data = data
        self._seals = Seals(data, layout, path)
        self._width, self._tail_bytes = layout.width, layout.tail_bytes
        self._tails_at = layout.tails_at
        self._shift = KEY_BYTES * 8 - layout.bucket_bits
        self._sections = _sections(data, layout)
        self._split = struct.Struct(f">Q{self._width - KEY_BYTES}s").unpack
        # Indexing these costs a third of indexing an array.
        self._offsets, self._keys = self._sections.offsets.data, self._sections.keys.data

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an index.

        Raises:
            FileNotFoundError: there is none.
            DamagedIndexError: it is cut short, or its header or its block checksums are damaged.

        Cost: hashes 32 bytes for each 256 KiB of the file.
        """
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
            layout = Layout.read(header, path)
            size = file.seek(0, 2)
            if size != layout.file_bytes:
                raise DamagedIndexError(path, f"it has {size} bytes instead of {layout.file_bytes}")
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        layout.check_seals(header, data[layout.seals_at :], path)
        return cls(path, data, layout, header)

    @property
    def kind(self) -> IdentifierKind:
        return self._layout.kind

    def __len__(self) -> int:
        return self._layout.count

    def entry_of(self, digest: bytes) -> int | None:
        """Find one digest's entry; None where the digest is not in the index.

        Raises:
            ValueError: the digest has another width.
            DamagedIndexError: a block that it needs is not as it was written.
        """
        try:
            key, rest = self._split(digest)
        except struct.error:
            raise self._wrong_width(len(digest)) from None
        bucket = key >> self._shift
        if not self._seals.complete:
            self._admit_bucket(bucket)
        high = self._offsets[bucket + 1]
        row = bisect_left(self._keys, key, self._offsets[bucket], high)
        if row == high or self._keys[row] != key:
            return None
        start = self._tails_at + row * self._tail_bytes
        tail = self._data[start : start + self._tail_bytes]
        if tail.startswith(rest):  # all but the entry, whose bytes come after
            return int.from_bytes(tail[-ENTRY_BYTES:], "little")
        return self._entry_among(row, bisect_right(self._keys, key, row, high), rest)

    def find_entries(self, digests: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Find each digest's entry.

        Args:
            digests: shape (n, width), one raw digest per row, in any order.

        Returns:
            Shape (n,): the entry, or -1 where the digest is not in the index.

        Raises:
            ValueError: not a table of bytes, or of another width.
            DamagedIndexError: a block is not as it was written. The first large batch checks all.

        Cost: three loads from memory each, some tens of nanoseconds. Exact: compares every byte.
        Several threads may ask at once; the interpreter's lock is let go.
        """
        words = self._as_words(digests)
        if not self._seals.complete:
            if len(words) < _WORTH_CHECKING_ALL:
                return np.fromiter(map(self._row_of, digests), np.int64, len(digests))
            self._seals.check_rest()
        run = _fast_search() if len(words) >= WORTH_COMPILING else search.search
        entries = run(words, self._sections)
        for i in np.flatnonzero(entries == UNDECIDED):
            entries[i] = self._row_of(digests[i])
        return entries

    def rows(self, start: int, stop: int) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        """Keys and tails of the rows from `start` to `stop`, checked: what the next build reads.

        Raises:
            DamagedIndexError: a block that they lie in is not as it was written.
        """
        self._admit_rows(start, stop)
        return self._sections.keys[start:stop], self._sections.tails[start:stop]

    def first_above(self, key: int) -> int:
        """The first row whose key is above this one; the count where none is."""
        bucket = key >> self._shift
        self._admit_bucket(bucket)
        return bisect_right(self._keys, key, self._offsets[bucket], self._offsets[bucket + 1])

    def verify(self, on_bytes: Callable[[int], object] = lambda _: None) -> None:
        """Read and check the whole file again; `on_bytes` hears how much, block by block.

        Raises:
            DamagedIndexError: something is not as it was written.
        """
        header = self._data[:HEADER_BYTES]
        Layout.read(header, self.path)
        self._layout.check_seals(header, self._data[self._layout.seals_at :], self.path)
        self._seals.check_all(on_bytes)

    def _row_of(self, digest: NDArray[np.uint8]) -> int:
        entry = self.entry_of(digest.tobytes())
        return NOT_FOUND if entry is None else entry

    def _tail(self, row: int) -> bytes:
        start = self._tails_at + row * self._tail_bytes
        return self._data[start : start + self._tail_bytes]

    def _entry_among(self, row: int, end: int, rest: bytes) -> int | None:
        # Digests that share 64 bits: rare by chance, but a list may hold anything.
        row = bisect_left(range(end), rest, row, key=lambda r: self._tail(r)[:-ENTRY_BYTES])
        if row < end and (tail := self._tail(row)).startswith(rest):
            return int.from_bytes(tail[-ENTRY_BYTES:], "little")
        return None

    def _as_words(self, digests: NDArray[np.uint8]) -> NDArray[np.uint32]:
        if digests.ndim != 2 or digests.dtype != np.uint8:
            raise ValueError("digests are a table of bytes, one digest a row")
        if digests.shape[1] != self._width:
            raise self._wrong_width(digests.shape[1])
        whole = np.ascontiguousarray(digests)
        if whole.ctypes.data % 4:
            whole = whole.copy()  # words must lie as the processor wants them
        return whole.view(np.uint32)

    def _wrong_width(self, width: int) -> ValueError:
        return ValueError(f"a {self.kind} has {self._width} bytes, got {width}")

    def _admit_bucket(self, bucket: int) -> None:
        at = self._layout.offsets_at + bucket * OFFSET_BYTES
        self._seals.admit(at, at + 2 * OFFSET_BYTES)
        self._admit_rows(self._offsets[bucket], self._offsets[bucket + 1])

    def _admit_rows(self, start: int, stop: int) -> None:
        if start < stop and not self._seals.complete:
            at, tails_at, size = self._layout.keys_at, self._tails_at, self._tail_bytes
            self._seals.admit(at + start * KEY_BYTES, at + stop * KEY_BYTES)
            self._seals.admit(tails_at + start * size, tails_at + stop * size)


def _sections(data: mmap.mmap, layout: Layout) -> Sections:
    buckets, words = 1 << layout.bucket_bits, layout.tail_bytes // 4
    keys = np.frombuffer(data, np.uint64, layout.count + SENTINEL_KEYS, layout.keys_at)
    tails = np.frombuffer(data, np.uint32, layout.count * words, layout.tails_at)
    offsets = np.frombuffer(data, np.uint32, buckets + 1, layout.offsets_at)
    return Sections(offsets, keys, tails.reshape(-1, words), KEY_BYTES * 8 - layout.bucket_bits)


@cache
def _fast_search() -> _Search:
    """The search compiled with numba where it is installed (the extra `fast`), else numpy's."""
    try:
        compiled = importlib.import_module("luzeiro.matching.compiled")
    except ImportError:
        return search.search
    return cast("_Search", compiled.search)
