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
# The most that a message may hold, its id included: checked at its header, so that nobody can have
# us keep what we did not ask to hear.
LENGTH_LIMIT = 1 + PIECES_LIMIT // 8  # a whole bitfield
EXTENDED_LIMIT = 64 * 1024  # metadata comes in 16 KiB and a little (BEP 9)
OTHER_LIMIT = 1024  # what we do not know, or did not ask for (hashes, BEP 52)

_BEP_3 = "BEP 3"
_HAVE, _BITFIELD, _PIECE, _HAVE_ALL, _HAVE_NONE, _EXTENDED = 4, 5, 7, 14, 15, 20
_LENGTH = struct.Struct(">I")
_HEADER_BYTES = 5  # length and id
# Messages of one fixed size: id -> bytes, the id included.
_SIZES = {
    0: 1, 1: 1, 2: 1, 3: 1,  # choke, unchoke, interested, not interested
    _HAVE: 5,
    6: 13, 8: 13,  # request, cancel: the peer asks us; we never answer
    9: 3,  # port (BEP 5)
    13: 5, _HAVE_ALL: 1, _HAVE_NONE: 1, 16: 13, 17: 5,  # and: suggest, reject, allowed fast (BEP 6)
    21: 49, 23: 49,  # hash request, hash reject (BEP 52)
}  # fmt: skip
_BOUNDS = {  # id -> the least and the most bytes
    **{message_id: (size, size) for message_id, size in _SIZES.items()},
    _BITFIELD: (1, LENGTH_LIMIT),
    _EXTENDED: (2, EXTENDED_LIMIT),
}
_NAMES = dict(
    zip(
        (_HAVE, _BITFIELD, _HAVE_ALL, _HAVE_NONE, _EXTENDED),
        ("HAVE", "BITFIELD", "HAVE_ALL", "HAVE_NONE", "an extended message"),
        strict=True,
    )
)


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

    Holds at most one incomplete message, whose id and length were checked at its header. After an
    error nothing is held, and nothing more is to be fed.
    """

    __slots__ = ("_buffer", "_position", "_start", "unread")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._start = 0  # of the next message, in the buffer
        self._position = 0  # bytes of the stream before the buffer
        # Bytes fed that belong neither to a message given so far nor to the header of a malformed
        # one: nobody has looked at them.
        self.unread = 0

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take `data`; give the messages that it completes.

        Raises, when the message's turn has come:
            ContentSent: a piece's header; its payload is not kept.
            WireError: a length or payload that the specification does not allow.
        """
        self._buffer += data
        self.unread += len(data)
        return iter(self._next, None)

    def _next(self) -> Message | None:
        """Give the next message, or None until more has come."""
        buffer, start = self._buffer, self._start
        held = len(buffer) - start
        if held < 5:  # the id decides what a wrong length means
            return self._keep_alive_or_none(held)
        (length,) = _LENGTH.unpack_from(buffer, start)
        if length:
            self._check(length, buffer[start + 4])
        if held < 4 + length:
            self._let_go()
            return None
        self._pass(4 + length)
        return _decode(bytes(buffer[start + 4 : start + 4 + length]))

    def _keep_alive_or_none(self, held: int) -> Message | None:
        if held == 4 and not any(self._buffer[self._start :]):
            self._pass(4)
            return Aside(None)
        self._let_go()
        return None

    def _pass(self, size: int) -> None:
        self._start += size
        self.unread -= size

    def _let_go(self) -> None:
        """Forget what has been given."""
        if self._start:
            del self._buffer[: self._start]
            self._position += self._start
            self._start = 0

    def _check(self, length: int, message_id: int) -> None:
        at = self._position + self._start
        if message_id == _PIECE:
            self._buffer.clear()  # not a byte of it is held
            raise ContentSent("a piece that nobody asked for", at=at, spec=_BEP_3)
        least, most = _BOUNDS.get(message_id, (1, OTHER_LIMIT))
        if not least <= length <= most:
            self._buffer.clear()
            self.unread -= _HEADER_BYTES
            name = _NAMES.get(message_id, f"message {message_id}")
            raise WireError(f"{name} of {length} bytes", at=at, spec=_BEP_3)


def _decode(body: bytes) -> Message:
    """Decode one message of an allowed length, without that length."""
    if not body:
        return Aside(None)
    message_id = body[0]
    if message_id == _HAVE:
        return Have(int.from_bytes(body[1:], "big"))
    if message_id == _EXTENDED:
        return Extended(body[1], body[2:])
    if message_id == _BITFIELD:
        return Bitfield(body[1:])
    if message_id == _HAVE_ALL:
        return HaveAll()
    return HoldsNone() if message_id == _HAVE_NONE else Aside(message_id)


SAYS = frozenset({Handshake, HaveNone})
