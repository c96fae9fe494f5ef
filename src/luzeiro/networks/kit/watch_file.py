"""A watch set on disk: one Arrow IPC file, rows in ascending order of a key, mapped into memory.

What a row holds is each room's own (its `watch.py`). A million targets cost a collector little; the
revision of a watch set is the SHA-256 of its file.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from luzeiro.evidence.durable import lay_folder

_BATCH_ROWS = 20_000

Row = dict[str, Any]  # Any: mixed columns, as Arrow takes and gives them


class WatchSetError(Exception):
    """A watch set cannot be read: which file, why, what to do."""


def write_rows(path: Path, schema: pa.Schema, rows: Iterable[Row]) -> str:
    """Write a watch set whole, replacing the one before, and give its revision.

    The first column of `schema` is the key, of a fixed width. A crash leaves the old file or the
    new one. Who has the old one open goes on with it. Holds one batch in memory.

    Raises:
        ValueError: the rows do not come in ascending order of their key.
    """
    lay_folder(path.parent)
    beside = path.with_name(f"{path.name}.new")
    try:
        _write(beside, schema, iter(rows))
        beside.replace(path)
    finally:  # a set that could not be written whole leaves nothing behind
        beside.unlink(missing_ok=True)
    return revision_of(path)


def _write(path: Path, schema: pa.Schema, rows: Iterator[Row]) -> None:
    key, last = schema.field(0).name, b""
    with path.open("wb") as file:
        with pa.ipc.new_file(file, schema) as writer:
            while batch := list(islice(rows, _BATCH_ROWS)):
                keys = [row[key] for row in batch]
                if keys != sorted(keys) or keys[0] < last:
                    raise ValueError(f"rows must come in ascending order of {key}")
                last = keys[-1]
                writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=schema))
        file.flush()
        os.fsync(file.fileno())


class WatchFile:
    """An open watch set: rows in ascending order of the key, read as they are asked for."""

    def __init__(self, path: Path, schema: pa.Schema, of: str) -> None:
        """Map the file. `of` names the network, for people.

        Raises:
            WatchSetError: missing, damaged, or something else.
        """
        try:
            table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
            if table.schema != schema:
                raise WatchSetError(f"{path} is not {of} watch set; write it anew")
        except (OSError, pa.ArrowInvalid) as error:
            raise WatchSetError(
                f"{path} cannot be read ({error}). Remove it: it is written anew from the catalogue"
            ) from error
        self.revision = revision_of(path)
        self._table = table
        width = schema.field(0).type.byte_width
        chunks = [
            np.frombuffer(chunk.buffers()[1], np.uint8).reshape(-1, width)[: len(chunk)]
            for chunk in table.column(0).chunks
        ]
        self.keys: NDArray[np.uint8] = np.concatenate([np.empty((0, width), np.uint8), *chunks])

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, number: int) -> Row:
        """Read one row."""
        (found,) = self._table.slice(number, 1).to_pylist()
        row: Row = found
        return row

    def key_at(self, row: int) -> bytes:
        return bytes(self.keys[row])

    def first_at_or_after(self, key: bytes) -> int:
        """Give the first row whose key is not below `key`; len(self) if none is."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.key_at(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low


def revision_of(path: Path) -> str:
    """The SHA-256 of a watch set's file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
