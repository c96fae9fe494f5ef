"""Write an index's file: rows come in ascending, their number is known at the end."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from luzeiro.matching.layout import (
    HEADER_BYTES,
    KEY_BYTES,
    MAX_COUNT,
    SENTINEL_KEYS,
    Layout,
    bucket_bits,
)
from luzeiro.matching.runs import Rows
from luzeiro.matching.seal import SealedWriter
from luzeiro.observations.identifiers import IdentifierKind

_COPY_BYTES = 1 << 22


class IndexWriter:
    """Writes one index. The tails wait in a file of their own until all keys are written."""

    def __init__(self, path: Path, kind: IdentifierKind, most: int) -> None:
        """`most`: at least as many rows as will come."""
        self._kind = kind
        self.count = 0
        self._bits = bucket_bits(most)  # finer than will be needed, never coarser
        self._in_bucket = np.zeros(1 << self._bits, np.uint32)
        self._file = path.open("wb")
        self._tails = path.with_suffix(".tails").open("w+b")
        self._file.write(bytes(HEADER_BYTES))
        self._out = SealedWriter(self._file, Layout(kind, 0).block_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        self._tails.close()

    def append(self, rows: Rows) -> None:
        """Append rows above all those before.

        Raises:
            ValueError: more rows than an index can number.
        """
        self.count += len(rows)
        if self.count > MAX_COUNT:
            raise ValueError(f"an index holds {MAX_COUNT} digests at most")
        buckets = rows.keys >> np.uint64(KEY_BYTES * 8 - self._bits)
        starts = np.flatnonzero(np.diff(buckets, prepend=buckets[:1] + np.uint64(1)))
        filled = np.diff(starts, append=len(buckets)).astype(np.uint32)
        self._in_bucket[buckets[starts].astype(np.int64)] += filled
        self._out.write(_flat(rows.keys))
        self._tails.write(_flat(rows.tails))

    def finish(self) -> bytes:
        """Write what follows the keys, then the header; give the index's digest."""
        layout, out = Layout(self._kind, self.count), self._out
        out.write(memoryview(b"\xff" * SENTINEL_KEYS * KEY_BYTES))
        out.fill_to(layout.tails_at - HEADER_BYTES)
        self._tails.seek(0)
        while part := self._tails.read(_COPY_BYTES):
            out.write(memoryview(part))
        out.fill_to(layout.offsets_at - HEADER_BYTES)
        out.write(_flat(self._offsets(layout.bucket_bits)))
        out.fill_to(layout.seals_at - HEADER_BYTES)
        seals = out.seals()
        self._file.write(seals)
        header = layout.header(seals)
        self._file.seek(0)
        self._file.write(header)
        self._file.flush()
        os.fsync(self._file.fileno())
        return header[-32:]

    def _offsets(self, bits: int) -> NDArray[np.uint32]:
        offsets = np.zeros((1 << bits) + 1, np.uint32)
        coarse = self._in_bucket.reshape(1 << bits, -1).sum(axis=1, dtype=np.uint32)
        np.cumsum(coarse, out=offsets[1:], dtype=np.uint32)
        return offsets


def _flat(rows: NDArray[np.uint32] | NDArray[np.uint64]) -> memoryview:
    return np.ascontiguousarray(rows).reshape(-1).view(np.uint8).data
