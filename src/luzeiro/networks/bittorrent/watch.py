"""What the room is told to look for: torrents, and in each the files that are categorised.

Identifiers and piece maps only: no names, no categories, no casework. A watch set is one Arrow IPC
file, sorted by infohash and mapped into memory, so a million torrents cost a collector little; its
revision is the SHA-256 of the file.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from luzeiro.observations.identifiers import Identifier, IdentifierKind

_FILE = pa.struct(
    [
        ("index", pa.int32()),  # null: the torrent as a whole
        ("first_piece", pa.uint32()),
        ("last_piece", pa.uint32()),
        ("first_own", pa.uint32()),
        ("last_own", pa.int64()),  # may be one before the first
    ]
)
_SCHEMA = pa.schema(
    [
        ("infohash", pa.binary(20)),  # of the first identifier, as the wire carries it
        ("btih", pa.binary(20)),
        ("btmh", pa.binary(32)),
        ("piece_count", pa.uint32()),
        ("files", pa.list_(_FILE)),
    ]
)
_BATCH_ROWS = 20_000


class WatchSetError(Exception):
    """A watch set cannot be read: which file, why, what to do."""


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """One categorised file of a torrent, as its place in the torrent and its run of pieces.

    `index` counts the info dictionary's files from 0 (padding files included, BEP 47). None means
    the torrent as a whole: no vetted map of pieces to files is known, and all pieces are 0.
    `first_own` to `last_own` are the pieces that hold no byte of another file; who holds only the
    others may want only the neighbours. Where there is none, `last_own` is below `first_own`.
    """

    index: int | None
    first_piece: int
    last_piece: int  # inclusive
    first_own: int
    last_own: int  # inclusive


WHOLE_TORRENT = WatchedFile(None, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class WatchedTorrent:
    """One torrent: v1 (btih), v2 (btmh) or hybrid (both), with its watched files."""

    btih: bytes | None  # 20 bytes
    btmh: bytes | None  # 32 bytes
    piece_count: int | None  # None where no vetted .torrent gives it
    files: tuple[WatchedFile, ...]

    def __post_init__(self) -> None:
        if self.btih is None and self.btmh is None:
            raise ValueError("a watched torrent has a btih, a btmh or both")

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """v1 first: on hybrid swarms most clients speak it."""
        pairs = ((IdentifierKind.BTIH, self.btih), (IdentifierKind.BTMH, self.btmh))
        return tuple(Identifier(kind, digest) for kind, digest in pairs if digest is not None)


def wire_infohash(identifier: Identifier) -> bytes:
    """The 20 bytes that the handshake and the DHT carry: a btmh is cut (BEP 52)."""
    return identifier.digest[:20]


def write_watch_set(path: Path, torrents: Iterable[WatchedTorrent]) -> str:
    """Write a watch set whole, replacing the one before, and give its revision.

    A crash leaves the old file or the new one. Who has the old one open goes on with it. Holds
    one batch in memory.

    Raises:
        ValueError: the torrents do not come in ascending order of their first infohash.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    try:
        _write(beside, iter(torrents))
        beside.replace(path)
    finally:  # a set that could not be written whole leaves nothing behind
        beside.unlink(missing_ok=True)
    return _revision(path)


def _write(path: Path, rows: Iterator[WatchedTorrent]) -> None:
    last = b""
    with path.open("wb") as file:
        with pa.ipc.new_file(file, _SCHEMA) as writer:
            while batch := [_row(torrent) for torrent in islice(rows, _BATCH_ROWS)]:
                infohashes = [row["infohash"] for row in batch]
                if infohashes != sorted(infohashes) or infohashes[0] < last:
                    raise ValueError("torrents must come in ascending order of infohash")
                last = infohashes[-1]
                writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=_SCHEMA))
        file.flush()
        os.fsync(file.fileno())


def _row(torrent: WatchedTorrent) -> dict[str, Any]:  # Any: a row of mixed columns for Arrow
    return {
        "infohash": wire_infohash(torrent.identifiers[0]),
        "btih": torrent.btih,
        "btmh": torrent.btmh,
        "piece_count": torrent.piece_count,
        "files": [asdict(file) for file in torrent.files],
    }


class WatchSet:
    """An open watch set: rows in ascending order of infohash, read as they are asked for."""

    def __init__(self, path: Path) -> None:
        """Map the file.

        Raises:
            WatchSetError: missing, damaged, or something else.
        """
        try:
            table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
            if table.schema != _SCHEMA:
                raise WatchSetError(f"{path} is not a BitTorrent watch set; write it anew")
        except (OSError, pa.ArrowInvalid) as error:
            raise WatchSetError(
                f"{path} cannot be read ({error}). Remove it: it is written anew from the catalogue"
            ) from error
        self.revision = _revision(path)
        self._table = table
        chunks = [
            np.frombuffer(chunk.buffers()[1], np.uint8).reshape(-1, 20)[: len(chunk)]
            for chunk in table.column("infohash").chunks
        ]
        self.wire_infohashes: NDArray[np.uint8] = np.concatenate(
            [np.empty((0, 20), np.uint8), *chunks]
        )

    def __len__(self) -> int:
        return len(self.wire_infohashes)

    def __getitem__(self, row: int) -> WatchedTorrent:
        (found,) = self._table.slice(row, 1).to_pylist()
        files = tuple(WatchedFile(**file) for file in found["files"])
        return WatchedTorrent(found["btih"], found["btmh"], found["piece_count"], files)

    def infohash_at(self, row: int) -> bytes:
        return bytes(self.wire_infohashes[row])

    def first_at_or_after(self, wire_infohash: bytes) -> int:
        """Give the first row whose infohash is not below `wire_infohash`; len(self) if none is."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.infohash_at(middle) < wire_infohash:
                low = middle + 1
            else:
                high = middle
        return low


def _revision(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
