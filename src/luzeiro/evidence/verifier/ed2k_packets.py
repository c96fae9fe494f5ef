"""eD2k and Kad, down to their fields: packets of a link, packed ones opened, and tags.

Written from "The eMule Protocol Specification" (Kulbak & Bickson, 2005) and aMule's sources; shares
no code with what recorded the bytes. Bounds are those that the collector goes by (its SPEC.md), for
what breaks them ends the link there, and ends the reading here.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from luzeiro.evidence.verifier.exchange import SENT, RawTranscript

EDONKEY, EMULE, PACKED = 0xE3, 0xC5, 0xD4
ED2K_BYTES = 16
_TAGS_LIMIT, _UNPACKED_LIMIT, _HEADER_BYTES = 256, 64 * 1024, 6
# Parts of a file, in four forms, and a preview.
_CONTENT = frozenset(((EDONKEY, 0x46), (EMULE, 0x40), (EMULE, 0xA1), (EMULE, 0xA2), (EMULE, 0x91)))
TagsRead = dict[bytes, "int | bytes"]


class Ed2kError(Exception):
    """Bytes that are not what eD2k or Kad has there."""


class ContentError(Ed2kError):
    """The header of a part of a file: it must not be in the record."""


@dataclass(frozen=True)
class Ed2kPacket:
    """One packet, unpacked, and when its last byte went over the link."""

    protocol: int
    opcode: int
    body: bytes
    at_us: int


def packets(transcript: RawTranscript, direction: str) -> Iterator[Ed2kPacket]:
    """Cut one direction of a link into packets, as far as they are whole.

    Raises, when the packet's turn has come:
        ContentError: a part of a file, or its header.
        Ed2kError: not eD2k, or something sent that is no whole packet.
    """
    waiting = b""
    for frame in transcript.frames:
        if frame.direction != direction:
            continue
        waiting += frame.data
        while (found := _first_packet(waiting, frame.at_us)) is not None:
            packet, length = found
            yield packet
            waiting = waiting[length:]
    if waiting and direction == SENT:
        raise Ed2kError(f"{len(waiting)} bytes that are no whole packet")


def _first_packet(stream: bytes, at_us: int) -> "tuple[Ed2kPacket, int] | None":
    if stream and stream[0] not in (EDONKEY, EMULE, PACKED):
        raise Ed2kError(f"protocol {stream[0]:#04x}")
    if len(stream) < _HEADER_BYTES:
        return None
    protocol, length, opcode = struct.unpack_from("<BIB", stream)
    if (EMULE if protocol == PACKED else protocol, opcode) in _CONTENT:
        raise ContentError("a part of a file")
    if length < 1:
        raise Ed2kError("a packet without an opcode")
    if len(stream) < 5 + length:
        return None
    body = stream[_HEADER_BYTES : 5 + length]
    if protocol == PACKED:
        protocol, body = EMULE, unpacked(body)
    return Ed2kPacket(protocol, opcode, body, at_us), 5 + length


def unpacked(data: bytes) -> bytes:
    """Open a packed packet, no further than its bound.

    Raises:
        Ed2kError: no zlib stream, cut short, or longer than the bound.
    """
    stream = zlib.decompressobj()
    try:
        opened = stream.decompress(data, _UNPACKED_LIMIT + 1)
    except zlib.error as error:
        raise Ed2kError("a packed packet that is no zlib stream") from error
    if len(opened) > _UNPACKED_LIMIT or not stream.eof:
        raise Ed2kError("a packed packet that is too long once opened, or cut short")
    return opened


class Fields:
    """Takes little-endian fields from the front of a packet."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        if size > self.left:
            raise Ed2kError(f"cut short: {self.left} bytes left, {size} needed")
        self._at += size
        return self._data[self._at - size : self._at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def tags(self, count: int) -> TagsRead:
        """Read so many tags; of one name the last one holds."""
        if count > _TAGS_LIMIT:
            raise Ed2kError(f"{count} tags in one list")
        found: TagsRead = {}
        for _ in range(count):
            kind = self.number(1)
            name = self.take(1 if kind & 0x80 else self.number(2))
            found[name] = self._value(kind & 0x7F)
        return found

    def _value(self, kind: int) -> "int | bytes":
        numbers = {0x03: 4, 0x05: 1, 0x08: 2, 0x09: 1, 0x0B: 8}
        if kind in numbers:
            return self.number(numbers[kind])
        if 0x11 <= kind <= 0x26:
            return self.take(kind - 0x10)
        if kind == 0x06:
            return self.take(self.number(2) // 8 + 1)
        fixed, counted = {0x01: ED2K_BYTES, 0x04: 4}, {0x02: 2, 0x07: 4, 0x0A: 1}
        if kind in fixed:
            return self.take(fixed[kind])
        if kind in counted:
            return self.take(self.number(counted[kind]))
        raise Ed2kError(f"a tag of type {kind:#04x}")


def number_of(tags: TagsRead, name: int) -> int:
    """A tag's number; 0 where there is none."""
    value = tags.get(bytes([name]))
    return value if isinstance(value, int) else 0
