"""What clients and servers say to each other (Kulbak & Bickson, 4 and 5; aMule), as far as we do.

We log in sharing nothing, and ask who was said to share a file, by its hash. There is no encoder
for an offer of files, a search, or a request that somebody call us back.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from luzeiro.networks.edonkey.wire.packet import EDONKEY, Limits, Packet
from luzeiro.networks.edonkey.wire.tags import Tag, encode_tags
from luzeiro.networks.kit.reader import Reader

SPEC = "Kulbak & Bickson 4, 5; aMule ServerSocket.cpp, ServerUDPSocket.cpp"
TCP_BATCH = 15  # questions in one frame (aMule, MAX_REQUESTS_PER_SERVER's neighbour in frames)
UDP_BATCH = 31  # hashes in one datagram (aMule, MAX_FILES_PER_UDP_PACKET)
UDP_PORT_OFFSET = 4  # a server's UDP port is its TCP port and 4
_LOGIN, _GET_SOURCES, _GET_SOURCES_OBFU = 0x01, 0x19, 0x23
_REJECT, _STATUS, _MESSAGE, _ID_CHANGE, _IDENT = 0x05, 0x34, 0x38, 0x40, 0x41
_FOUND, _FOUND_OBFU, _SERVER_LIST = 0x42, 0x44, 0x32
_GLOB_GET_SOURCES, _GLOB_GET_SOURCES_2, _GLOB_FOUND = 0x9A, 0x94, 0x9B
_NAME, _VERSION, _SERVER_FLAGS = 0x01, 0x11, 0x20
_OUR_EDONKEY_VERSION = 0x3C
# Packed answers, new tags, Unicode, large files; user hashes beside sources, where the server has.
_OUR_FLAGS = 0x0001 | 0x0008 | 0x0010 | 0x0100 | 0x0200
TCP_OBFUSCATION = 0x0400  # of a server's flags: it answers OP_GETSOURCES_OBFU
LIMITS: Limits = {
    # An answer counts its sources in one byte: 255 of 23 bytes at most.
    (EDONKEY, _FOUND): 16 + 1 + 255 * 6,
    (EDONKEY, _FOUND_OBFU): 16 + 1 + 255 * 23,
    (EDONKEY, _MESSAGE): 8192,
    (EDONKEY, _SERVER_LIST): 1 + 255 * 6,
}
_HEADER = struct.Struct("<BIB")
_HAS_HASH = 0x80


def _framed(opcode: int, body: bytes) -> bytes:
    return _HEADER.pack(EDONKEY, len(body) + 1, opcode) + body


def _sized(digest: bytes, size_bytes: int | None) -> bytes:
    """A hash and its size, as servers want them: above 4 GiB a zero, then 64 bits."""
    if size_bytes is None:
        return digest
    if size_bytes < 1 << 32:
        return digest + struct.pack("<I", size_bytes)
    return digest + struct.pack("<IQ", 0, size_bytes)


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """OP_LOGINREQUEST: a client that shares nothing and takes no calls (port 0)."""

    user_hash: bytes

    def encode(self) -> bytes:
        tags = (
            Tag(bytes([_NAME]), b""),
            Tag(bytes([_VERSION]), _OUR_EDONKEY_VERSION),
            Tag(bytes([_SERVER_FLAGS]), _OUR_FLAGS),
        )
        return _framed(_LOGIN, self.user_hash + bytes(4 + 2) + encode_tags(tags))


@dataclass(frozen=True, slots=True)
class GetSources:
    """OP_GETSOURCES: who shares the file with this hash?

    `with_hashes` asks the form whose answers name the sharers' user hashes (OP_GETSOURCES_OBFU).
    """

    digest: bytes
    size_bytes: int | None
    with_hashes: bool = False

    def encode(self) -> bytes:
        opcode = _GET_SOURCES_OBFU if self.with_hashes else _GET_SOURCES
        return _framed(opcode, _sized(self.digest, self.size_bytes))


@dataclass(frozen=True, slots=True)
class GlobGetSources:
    """OP_GLOBGETSOURCES, or OP_GLOBGETSOURCES2 where all sizes are known: the same by UDP."""

    files: Sequence[tuple[bytes, int | None]]  # hash and size; at most `UDP_BATCH`

    def encode(self) -> bytes:
        sized = all(size is not None for _, size in self.files)
        opcode = _GLOB_GET_SOURCES_2 if sized else _GLOB_GET_SOURCES
        asked = [_sized(digest, size if sized else None) for digest, size in self.files]
        return bytes((EDONKEY, opcode)) + b"".join(asked)


@dataclass(frozen=True, slots=True)
class ServerSource:
    """A sharer as a server tells of it. Hearsay."""

    client_id: int  # below 2^24 a LowID, else the address, its first byte lowest
    port: int
    user_hash: bytes | None = None
    crypt: int = 0

    @property
    def is_low_id(self) -> bool:
        return self.client_id < 1 << 24

    @property
    def address(self) -> bytes:
        """Compact address; meaningless for a LowID."""
        return self.client_id.to_bytes(4, "little") + self.port.to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class IdChange:
    """OP_IDCHANGE: the id that the server gives us, and what it can do."""

    client_id: int
    flags: int


@dataclass(frozen=True, slots=True)
class FoundSources:
    """OP_FOUNDSOURCES in any form: the sharers of one file."""

    digest: bytes
    sources: tuple[ServerSource, ...]


@dataclass(frozen=True, slots=True)
class ServerMessage:
    """OP_SERVERMESSAGE: words of the server's, for people."""

    words: bytes


@dataclass(frozen=True, slots=True)
class Reject:
    """OP_REJECT: the server declines."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Counts, lists of servers, and what we did not ask for."""

    opcode: int


Message: TypeAlias = IdChange | FoundSources | ServerMessage | Reject | Aside


def decode(packet: Packet) -> Message:
    """Decode a packet of a server's.

    Raises:
        WireError: cut short, or with fields that do not add up.
    """
    reader = Reader(packet.body, SPEC)
    match packet.opcode:
        case 0x40:  # OP_IDCHANGE
            client_id = reader.uint32()
            return IdChange(client_id, reader.uint32() if reader.left >= 4 else 0)
        case 0x42:  # OP_FOUNDSOURCES
            return _found(reader, hashes=False)
        case 0x44:  # OP_FOUNDSOURCES_OBFU
            return _found(reader, hashes=True)
        case 0x38:  # OP_SERVERMESSAGE
            return ServerMessage(reader.take(reader.uint16()))
        case 0x05:  # OP_REJECT
            return Reject()
        case opcode:
            return Aside(opcode)


def decode_udp(datagram: bytes) -> list[FoundSources]:
    """Decode a UDP answer: several answers may follow each other, each with its own header.

    Raises:
        WireError: not an answer about sources, cut short, or with bytes left over.
    """
    reader = Reader(datagram, SPEC)
    found: list[FoundSources] = []
    while reader.left or not found:
        head = reader.take(2)
        if head != bytes((EDONKEY, _GLOB_FOUND)):
            raise reader.error(f"a datagram that begins {head.hex()}")
        found.append(_found(reader, hashes=False))
    return found


def _found(reader: Reader, *, hashes: bool) -> FoundSources:
    digest = reader.take(16)
    sources = []
    for _ in range(reader.uint8()):
        client_id, port = reader.uint32(), reader.uint16()
        crypt = reader.uint8() if hashes else 0
        user_hash = reader.take(16) if crypt & _HAS_HASH else None
        sources.append(ServerSource(client_id, port, user_hash, crypt & 7))
    return FoundSources(digest, tuple(sources))


SAYS = frozenset({LoginRequest, GetSources, GlobGetSources})
