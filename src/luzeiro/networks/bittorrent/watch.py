"""What the room is told to look for: torrents, and in each the files that are categorised.

Identifiers and piece maps only: no names, no categories, no casework.
"""

from dataclasses import dataclass

from luzeiro.observations.identifiers import Identifier, IdentifierKind


@dataclass(frozen=True, slots=True)
class WatchedFile:
    """One categorised file of a torrent, as its place in the torrent and its run of pieces.

    `index` counts the info dictionary's files from 0 (padding files included, BEP 47). None means
    the torrent as a whole: no vetted map of pieces to files is known, and both pieces are 0.
    """

    index: int | None
    first_piece: int
    last_piece: int  # inclusive


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
