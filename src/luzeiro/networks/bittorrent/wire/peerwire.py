"""The peer wire protocol (BEP 3, BEP 6, BEP 52), as far as an observer hears and speaks it.

We say who we look for (`Handshake`), and that we hold nothing (`HaveNone`). There is no encoder for
interest, a request or a piece. A piece that comes unasked is refused at its header, unread.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from luzeiro.networks.kit.errors import ContentSent, WireError

PROTOCOL = b"\x13BitTorrent protocol"
HANDSHAKE_BYTES = 68
RESERVED_EXTENSION = (5, 0x10)  # BEP 10
RESERVED_FAST = (7, 0x04)  # BEP 6
RESERVED_V2 = (7, 0x10)  # BEP 52

PIECES_LIMIT = 2**21  # of one torrent: a bitfield of 256 KiB
LENGTH_LIMIT = 1 + PIECES_LIMIT // 8  # a whole bitfield; no message that we keep is larger

_BEP_3, _BEP_6 = "BEP 3", "BEP 6"
_BITFIELD, _HAVE, _REQUEST, _PIECE, _CANCEL, _PORT, _EXTENDED = 5, 4, 6, 7, 8, 9, 20
_HAVE_ALL, _HAVE_NONE = 14, 15
_LENGTH = struct.Struct(">I")
# Messages of one fixed size that tell us nothing about what the peer holds: id -> payload bytes.
_ASIDES = {
    0: 0, 1: 0, 2: 0, 3: 0,  # choke, unchoke, interested, not interested
    6: 12, 8: 12,  # request, cancel: the peer asks us; we never answer
    9: 2,  # port (BEP 5)
    13: 4, 16: 12, 17: 4,  # suggest piece, reject request, allowed fast (BEP 6)
    21: 48, 23: 48,  # hash request, hash reject (BEP 52)
}  # fmt: skip
_HASHES = 22  # BEP 52: Merkle hashes, of no fixed size


@dataclass(frozen=True, slots=True)
class Handshake:
    """The first 68 bytes of a link, either way (BEP 3, "peer protocol")."""

    infohash: bytes  # 20 bytes; of a v2 torrent the first 20 of its SHA-256 (BEP 52)
    peer_id: bytes  # 20 bytes
    reserved: bytes  # 8 bytes

    def encode(self) -> bytes:
        return PROTOCOL + self.reserved + self.infohash + self.peer_id

    def has(self, bit: tuple[int, int]) -> bool:
        """Whether a reserved bit is set, given as (byte, mask)."""
        return bool(self.reserved[bit[0]] & bit[1])


def our_reserved(*, v2: bool) -> bytes:
    """What we offer: the extension protocol (to be told of peers) and fast (to hear HAVE_ALL).

    `v2` is for a v2 infohash alone: libtorrent closes the link where the bit comes with a torrent
    that is not v2 (seen).
    """
    reserved = bytearray(8)
    for byte, mask in (RESERVED_EXTENSION, RESERVED_FAST, *((RESERVED_V2,) if v2 else ())):
        reserved[byte] |= mask
    return bytes(reserved)


def decode_handshake(data: bytes) -> Handshake:
    """Decode the 68 bytes.

    Raises:
        WireError: another protocol, or another length.
    """
    if not data.startswith(PROTOCOL):
        raise WireError("not a BitTorrent handshake", at=0, spec=_BEP_3)
    if len(data) != HANDSHAKE_BYTES:
        raise WireError(f"a handshake of {len(data)} bytes, expected 68", at=0, spec=_BEP_3)
    return Handshake(infohash=data[28:48], peer_id=data[48:68], reserved=data[20:28])


@dataclass(frozen=True, slots=True)
class HaveNone:
    """We hold no piece (BEP 6): the one thing that we must say after a fast handshake, and true."""

    def encode(self) -> bytes:
        return _LENGTH.pack(1) + bytes([_HAVE_NONE])


@dataclass(frozen=True, slots=True)
class Bitfield:
    """The pieces that the peer says it holds: bit 7 of byte 0 is piece 0 (BEP 3)."""

    bits: bytes


@dataclass(frozen=True, slots=True)
class Have:
    """The peer says that it holds one piece more (BEP 3)."""

    piece: int


@dataclass(frozen=True, slots=True)
class HaveAll:
    """The peer says that it holds every piece (BEP 6)."""


@dataclass(frozen=True, slots=True)
class HoldsNone:
    """The peer says that it holds no piece (BEP 6); a super-seeder says so too, and holds all."""


@dataclass(frozen=True, slots=True)
class Extended:
    """A message of the extension protocol (BEP 10): 0 is its handshake."""

    extension: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Aside:
    """A message that says nothing about what the peer holds: choke, port, or one unknown to us."""

    message_id: int | None  # None: keep-alive


Message: TypeAlias = Bitfield | Have | HaveAll | HoldsNone | Extended | Aside


class Stream:
    """Cuts a stream into messages, however it arrives in chunks.

    Holds at most one incomplete message of `LENGTH_LIMIT` bytes, whose length is checked at its
    header. After an error nothing is held, and nothing more is to be fed.
    """

    __slots__ = ("_buffer", "_position", "unread")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._position = 0  # bytes of the stream before the buffer
        self.unread = 0  # bytes fed that no message given so far has covered

    def feed(self, data: bytes) -> Iterator[Message]:
        """Give the messages that `data` completes.

        Raises:
            ContentSent: a piece's header; its payload is not kept.
            WireError: a length or payload that the specification does not allow.
        """
        self._buffer += data
        self.unread += len(data)
        start = 0
        try:
            while (end := self._end_of_message(start)) is not None:
                message = _decode(bytes(self._buffer[start + 4 : end]), self._position + start)
                self.unread -= end - start
                start = end
                yield message
        except WireError:
            self._buffer.clear()  # of content not a byte is held
            raise
        finally:
            del self._buffer[:start]
            self._position += start

    def _end_of_message(self, start: int) -> int | None:
        held = len(self._buffer) - start
        if held < 4:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer, start)
        at = self._position + start
        if length and held == 4:
            return None  # what kind of message it is decides what a wrong length means
        if length and self._buffer[start + 4] == _PIECE:
            raise ContentSent("a piece that nobody asked for", at=at, spec=_BEP_3)
        if length > LENGTH_LIMIT:
            raise WireError(f"a message of {length} bytes", at=at, spec=_BEP_3)
        end = start + 4 + int(length)
        return end if held >= 4 + length else None


def _decode(body: bytes, at: int) -> Message:
    """Decode one message without its length; `at` is where in the stream it began."""
    if not body:
        return Aside(None)
    message_id, payload = body[0], body[1:]
    if message_id == _HAVE:
        _expect(len(payload) == 4, "HAVE", payload, at, _BEP_3)
        return Have(int.from_bytes(payload, "big"))
    if message_id == _BITFIELD:
        return Bitfield(payload)
    if message_id in (_HAVE_ALL, _HAVE_NONE):
        _expect(not payload, "HAVE_ALL or HAVE_NONE", payload, at, _BEP_6)
        return HaveAll() if message_id == _HAVE_ALL else HoldsNone()
    if message_id == _EXTENDED:
        _expect(len(payload) >= 1, "extended message", payload, at, "BEP 10")
        return Extended(payload[0], payload[1:])
    if message_id in _ASIDES:
        _expect(len(payload) == _ASIDES[message_id], f"message {message_id}", payload, at, _BEP_3)
    return Aside(message_id)


def _expect(holds: bool, name: str, payload: bytes, at: int, spec: str) -> None:
    if not holds:
        raise WireError(f"{name} with {len(payload)} bytes of payload", at=at, spec=spec)


SAYS = frozenset({Handshake, HaveNone})
