"""Names of files and torrents: a kind and its raw bytes, as the networks spell them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class IdentifierKind(StrEnum):
    """How a network or a list names a file; a btih or btmh names a torrent."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    ED2K = "ed2k"
    AICH = "aich"
    TTH = "tth"
    BTIH = "btih"  # SHA-1 of a v1 info dictionary (BEP 3)
    BTMH = "btmh"  # SHA-256 of a v2 info dictionary (BEP 52); the wire carries its first 20 bytes
    PIECES_ROOT = "pieces_root"  # root of one file's Merkle tree in a v2 torrent (BEP 52)
    CID = "cid"


WIDTH_BYTES: dict[IdentifierKind, int] = {
    IdentifierKind.MD5: 16,
    IdentifierKind.SHA1: 20,
    IdentifierKind.SHA256: 32,
    IdentifierKind.ED2K: 16,
    IdentifierKind.AICH: 20,
    IdentifierKind.TTH: 24,
    IdentifierKind.BTIH: 20,
    IdentifierKind.BTMH: 32,
    IdentifierKind.PIECES_ROOT: 32,
}  # a cid has no fixed width


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """One identifier; `digest` is raw bytes, never text."""

    kind: IdentifierKind
    digest: bytes

    def __post_init__(self) -> None:
        width = WIDTH_BYTES.get(self.kind)
        if width is not None and len(self.digest) != width:
            raise ValueError(f"{self.kind} has {len(self.digest)} bytes, expected {width}")

    @classmethod
    def from_hex(cls, kind: IdentifierKind, text: str) -> Self:
        """Read a hexadecimal digest.

        Raises:
            ValueError: not hexadecimal, or of the wrong width for its kind.
        """
        return cls(kind, bytes.fromhex(text))

    def __str__(self) -> str:
        return f"{self.kind}:{self.digest.hex()}"

    def shortened(self) -> str:
        """The form for lists and screens: an infohash is a locator, so not all of it."""
        return f"{self.kind}:{self.digest.hex()[:8]}…"
