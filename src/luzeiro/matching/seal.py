"""Checksums of an index's blocks: made as it is written, checked before a block is first used."""

import mmap
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import numpy as np

from luzeiro.matching.layout import DamagedIndexError, Layout

_SHA256_BYTES = 32


class SealedWriter:
    """Writes a file's blocks in order and keeps the SHA-256 of each."""

    def __init__(self, file: BinaryIO, block_bytes: int) -> None:
        self._file = file
        self._block_bytes = block_bytes
        self._open = sha256()
        self._filled = 0
        self._seals: list[bytes] = []
        self.written = 0

    def write(self, data: memoryview) -> None:
        """Write flat bytes."""
        self._file.write(data)
        self.written += len(data)
        while len(data):
            part = data[: self._block_bytes - self._filled]
            self._open.update(part)
            self._filled += len(part)
            data = data[len(part) :]
            if self._filled == self._block_bytes:
                self._close_block()

    def fill_to(self, at: int, byte: bytes = b"\0") -> None:
        """Write `byte` until `at` bytes are written."""
        self.write(memoryview(byte * (at - self.written)))

    def seals(self) -> bytes:
        """Close the last block and give all seals, one after the other."""
        if self._filled:
            self._close_block()
        return b"".join(self._seals)

    def _close_block(self) -> None:
        self._seals.append(self._open.digest())
        self._open, self._filled = sha256(), 0


class Seals:
    """Which blocks of an open index have been checked; checks the others when they are needed.

    A block is hashed once, before the first answer that reads from it. Threads may share it: two
    that need the same block at once both hash it.
    """

    __slots__ = ("_checked", "_data", "_first", "_layout", "_path", "_seals", "complete")

    def __init__(self, data: mmap.mmap, layout: Layout, path: Path) -> None:
        self._data, self._layout, self._path = data, layout, path
        self._first = layout.keys_at
        self._seals = data[layout.seals_at : layout.file_bytes]
        self._checked = np.zeros(layout.block_count, np.bool_)
        self.complete = False

    def admit(self, start: int, stop: int) -> None:
        """Check the blocks that hold the file's bytes from `start` to `stop`.

        Raises:
            DamagedIndexError: a block is not as it was written.
        """
        size = self._layout.block_bytes
        for block in range((start - self._first) // size, (stop - 1 - self._first) // size + 1):
            if not self._checked[block]:
                self._check(block)

    def check_rest(self) -> None:
        """Check every block that has not been checked.

        Raises:
            DamagedIndexError: a block is not as it was written.
        """
        for block in np.flatnonzero(~self._checked):
            self._check(int(block))

    def check_all(self, on_bytes: Callable[[int], object]) -> None:
        """Check every block again, also those checked before.

        Raises:
            DamagedIndexError: a block is not as it was written.
        """
        for block in range(len(self._checked)):
            on_bytes(self._check(block))

    def _check(self, block: int) -> int:
        start = self._first + block * self._layout.block_bytes
        stop = min(start + self._layout.block_bytes, self._layout.seals_at)
        with memoryview(self._data) as data, data[start:stop] as part:
            digest = sha256(part).digest()
        if digest != self._seals[block * _SHA256_BYTES : (block + 1) * _SHA256_BYTES]:
            self._checked[block] = self.complete = False
            raise DamagedIndexError(self._path, f"the checksum of bytes {start} to {stop} is wrong")
        self._checked[block] = True
        self.complete = bool(self._checked.all()) if not self.complete else True
        return stop - start
