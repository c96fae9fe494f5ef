"""The file of a matching index: its header and where its sections lie.

docs/reference/matching-index.md describes the format; everything is little-endian.
"""

import struct
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from luzeiro.observations.identifiers import WIDTH_BYTES, IdentifierKind

HEADER_BYTES = 256
KEY_BYTES = 8  # the first 64 bits of a digest, as a number
ENTRY_BYTES = 4
OFFSET_BYTES = 4
SENTINEL_KEYS = 8  # all ones after the last key: a search may read that far beyond it
MAX_COUNT = MAX_ENTRY = (1 << 32) - 1

_MAGIC = b"LUZINDEX"
_VERSION = 1
_ALIGNMENT = 64  # a cache line: a bucket's keys then touch as few as possible
_BLOCK_BYTES = 1 << 18
_SHA256_BYTES = 32
_FIELDS = struct.Struct("<8sII16sIIQII5Q32s")
_SEALED_BYTES = HEADER_BYTES - _SHA256_BYTES
_MIN_BUCKET_BITS, _MAX_BUCKET_BITS = 8, 30


class DamagedIndexError(Exception):
    """A matching index that must not be used: which file, what is wrong, what to do."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: {what}. Build the index anew from the catalogue.")
        self.path = path
        self.what = what


def width_of(kind: IdentifierKind) -> int:
    """Width of a kind's digests in bytes: 16, 20, 24 or 32.

    Raises:
        ValueError: the kind has no fixed width.
    """
    width = WIDTH_BYTES.get(kind)
    if width is None:
        raise ValueError(f"a {kind} has no fixed width; index the digest that it carries")
    return width


def bucket_bits(count: int) -> int:
    """How many leading bits choose a bucket: four to eight digests share one on average."""
    return min(max((count - 1).bit_length() - 3, _MIN_BUCKET_BITS), _MAX_BUCKET_BITS)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a header says. All else follows from the kind and the count."""

    kind: IdentifierKind
    count: int
    block_bytes: int = _BLOCK_BYTES

    @property
    def width(self) -> int:
        return width_of(self.kind)

    @property
    def tail_bytes(self) -> int:
        """One digest's bytes after the key, and its entry number."""
        return self.width - KEY_BYTES + ENTRY_BYTES

    @property
    def bucket_bits(self) -> int:
        return bucket_bits(self.count)

    @property
    def keys_at(self) -> int:
        return HEADER_BYTES

    @property
    def tails_at(self) -> int:
        return _aligned(self.keys_at + (self.count + SENTINEL_KEYS) * KEY_BYTES)

    @property
    def offsets_at(self) -> int:
        return _aligned(self.tails_at + self.count * self.tail_bytes)

    @property
    def seals_at(self) -> int:
        """The blocks' SHA-256; the blocks cut what lies between the header and here."""
        return _aligned(self.offsets_at + ((1 << self.bucket_bits) + 1) * OFFSET_BYTES)

    @property
    def block_count(self) -> int:
        return -(-(self.seals_at - HEADER_BYTES) // self.block_bytes)

    @property
    def file_bytes(self) -> int:
        return self.seals_at + self.block_count * _SHA256_BYTES

    def header(self, seals: bytes) -> bytes:
        """The header over a file whose blocks have these seals; its last 32 bytes seal it."""
        ends = (self.keys_at, self.tails_at, self.offsets_at, self.seals_at, self.file_bytes)
        fields = _FIELDS.pack(
            _MAGIC,
            _VERSION,
            HEADER_BYTES,
            self.kind.encode(),
            self.width,
            self.bucket_bits,
            self.count,
            self.block_bytes,
            self.block_count,
            *ends,
            sha256(seals).digest(),
        ).ljust(_SEALED_BYTES, b"\0")
        return fields + sha256(fields).digest()

    @classmethod
    def read(cls, header: bytes, path: Path) -> Self:
        """Read a header.

        Raises:
            DamagedIndexError: not an index, of another version, or its bytes are not as they were
                written. The seals' own checksum is for `check_seals`.
        """
        if len(header) < HEADER_BYTES or not header.startswith(_MAGIC):
            raise DamagedIndexError(path, "this is not a matching index")
        if sha256(header[:_SEALED_BYTES]).digest() != header[_SEALED_BYTES:HEADER_BYTES]:
            raise DamagedIndexError(path, "the header's checksum is wrong")
        _, version, _, kind, _, _, count, block_bytes, *_ = _FIELDS.unpack_from(header)
        if version != _VERSION:
            raise DamagedIndexError(
                path, f"its format has version {version}, this one reads {_VERSION}"
            )
        try:
            layout = cls(IdentifierKind(kind.rstrip(b"\0").decode()), count, block_bytes)
            width_of(layout.kind)
        except ValueError:
            raise DamagedIndexError(path, f"it is for an unknown kind, {kind!r}") from None
        if count > MAX_COUNT or block_bytes == 0:
            raise DamagedIndexError(path, "its header makes no sense")
        return layout

    def check_seals(self, header: bytes, seals: bytes, path: Path) -> None:
        """Compare the header with the seals and with what its own kind and count demand.

        Raises:
            DamagedIndexError: the seals' checksum is wrong, or the header contradicts itself.
        """
        if self.header(seals) != header[:HEADER_BYTES]:
            raise DamagedIndexError(path, "the checksum of its block checksums is wrong")


def _aligned(at: int) -> int:
    return -(-at // _ALIGNMENT) * _ALIGNMENT
