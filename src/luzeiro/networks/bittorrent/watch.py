"""What the room is told to look for: torrents, and in each the files that are categorised.

Identifiers and piece maps only: no names, no categories, no casework. Rows are in the order of
their infohashes (kit/watch_file.py).
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from luzeiro.networks.kit.watch_file import Row, WatchFile, write_rows
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

    Raises:
        ValueError: the torrents do not come in ascending order of their first infohash.
    """
    return write_rows(path, _SCHEMA, map(_row, torrents))


def _row(torrent: WatchedTorrent) -> Row:
    return {
        "infohash": wire_infohash(torrent.identifiers[0]),
        "btih": torrent.btih,
        "btmh": torrent.btmh,
        "piece_count": torrent.piece_count,
        "files": [asdict(file) for file in torrent.files],
    }


class WatchSet(WatchFile):
    """An open watch set of torrents; the key is the infohash as the wire carries it."""

    def __init__(self, path: Path) -> None:
        """Map the file.

        Raises:
            WatchSetError: missing, damaged, or something else.
        """
        super().__init__(path, _SCHEMA, "a BitTorrent")

    def __getitem__(self, number: int) -> WatchedTorrent:
        row = self.row(number)
        files = tuple(WatchedFile(**file) for file in row["files"])
        return WatchedTorrent(row["btih"], row["btmh"], row["piece_count"], files)
