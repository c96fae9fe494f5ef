"""Whom Kad nodes, eD2k servers and other clients named for a file: from their bytes alone.

Written from aMule's sources (KademliaUDPListener, ServerSocket, ServerUDPSocket, PartFile); shares
no code with what recorded the bytes.
"""

import struct
from dataclasses import dataclass

from luzeiro.evidence.verifier.ed2k_packets import (
    ED2K_BYTES,
    EDONKEY,
    Ed2kError,
    Ed2kPacket,
    Fields,
    TagsRead,
    number_of,
    unpacked,
)

KAD, KAD_PACKED = 0xE4, 0xE5
_SEARCH_SOURCE_REQ, _SEARCH_RES = 0x34, 0x3B
_SOURCE_TYPES = (1, 3, 4, 5, 6)  # open, behind a buddy, the same two for large files, by callback
NOWHERE = bytes(6)  # a LowID: only its server knows where it is


@dataclass(frozen=True)
class ToldOf:
    """One sharer as an index told of it: never more than hearsay."""

    where: bytes  # compact: 4 bytes and a port, big-endian
    user_hash: bytes | None
    size_bytes: int | None = None  # of the file


@dataclass(frozen=True)
class KadSays:
    """A node's answer to a search for sources."""

    node_id: bytes  # 16 bytes, in the order in which ids are compared
    digest: bytes
    told_of: "tuple[ToldOf, ...]"


def kad_id(travelling: bytes) -> bytes:
    """An id as it travels, four little-endian words, in the order of comparison; or back."""
    return struct.pack(">4I", *struct.unpack("<4I", travelling))


def read_search_question(datagram: bytes) -> bytes:
    """Give the hash that a KADEMLIA2_SEARCH_SOURCE_REQ asks about.

    Raises:
        Ed2kError: it is another message, or not of its length.
    """
    if datagram[:2] != bytes((KAD, _SEARCH_SOURCE_REQ)) or len(datagram) != 2 + ED2K_BYTES + 10:
        raise Ed2kError("not a search for sources")
    return kad_id(datagram[2 : 2 + ED2K_BYTES])


def read_search_answer(datagram: bytes) -> KadSays:
    """Read a KADEMLIA2_SEARCH_RES.

    Raises:
        Ed2kError: another message, or fields that do not add up.
    """
    if len(datagram) < 2 or datagram[0] not in (KAD, KAD_PACKED) or datagram[1] != _SEARCH_RES:
        raise Ed2kError("not an answer to a search")
    body = datagram[2:]
    fields = Fields(unpacked(body) if datagram[0] == KAD_PACKED else body)
    node_id, digest = kad_id(fields.take(ED2K_BYTES)), kad_id(fields.take(ED2K_BYTES))
    found = []
    for _ in range(fields.number(2)):
        user_hash = kad_id(fields.take(ED2K_BYTES))
        tags = fields.tags(fields.number(1))
        if number_of(tags, 0xFF) in _SOURCE_TYPES:
            found.append(ToldOf(_where(tags), user_hash, number_of(tags, 0x02) or None))
    if fields.left:
        raise Ed2kError(f"{fields.left} bytes after the end of an answer")
    return KadSays(node_id, digest, tuple(found))


def _where(tags: TagsRead) -> bytes:
    host, port = number_of(tags, 0xFE), number_of(tags, 0xFD)
    return struct.pack(">IH", host & 0xFFFFFFFF, port & 0xFFFF)


def read_server_question(sent: bytes) -> "set[bytes]":
    """Give the hashes that a question to a server asks about.

    Raises:
        Ed2kError: it is no question about sources.
    """
    if len(sent) >= 6 and sent[0] == EDONKEY and sent[5] in (0x19, 0x23):
        body = sent[6:]
        if int.from_bytes(sent[1:5], "little") != len(body) + 1 or len(body) not in (16, 20, 28):
            raise Ed2kError("a question to a server that is not of its length")
        return {body[:ED2K_BYTES]}
    if len(sent) >= 2 and sent[0] == EDONKEY and sent[1] in (0x9A, 0x94):
        return _global_digests(Fields(sent[2:]), sized=sent[1] == 0x94)
    raise Ed2kError("not a question about sources")


def _global_digests(fields: Fields, *, sized: bool) -> "set[bytes]":
    found = set()
    while fields.left:
        found.add(fields.take(ED2K_BYTES))
        if sized and fields.number(4) == 0 and fields.left:
            fields.take(8)  # above 4 GiB: a zero, then 64 bits
    return found


def read_server_answer(packet: Ed2kPacket) -> "tuple[bytes, tuple[ToldOf, ...]]":
    """Read OP_FOUNDSOURCES in either form: the file, and who shares it.

    Raises:
        Ed2kError: another message, or fields that do not add up.
    """
    if packet.opcode not in (0x42, 0x44):
        raise Ed2kError(f"opcode {packet.opcode:#04x} of a server")
    return _found_sources(Fields(packet.body), hashes=packet.opcode == 0x44)


def read_server_datagram(datagram: bytes) -> "dict[bytes, tuple[ToldOf, ...]]":
    """Read OP_GLOBFOUNDSOURCES, several after each other: who shares which file.

    Raises:
        Ed2kError: another message, or fields that do not add up.
    """
    fields = Fields(datagram)
    found: dict[bytes, tuple[ToldOf, ...]] = {}
    while fields.left or not found:
        if fields.take(2) != bytes((EDONKEY, 0x9B)):
            raise Ed2kError("not a server's answer about sources")
        digest, told_of = _found_sources(fields, hashes=False)
        found[digest] = (*found.get(digest, ()), *told_of)
    return found


def _found_sources(fields: Fields, *, hashes: bool) -> "tuple[bytes, tuple[ToldOf, ...]]":
    digest, found = fields.take(ED2K_BYTES), []
    for _ in range(fields.number(1)):
        host, port = fields.take(4), fields.number(2)
        crypt = fields.number(1) if hashes else 0
        user_hash = fields.take(ED2K_BYTES) if crypt & 0x80 else None
        # The number's highest byte is the address's last; a zero there makes it a LowID.
        where = NOWHERE if host[3] == 0 else host + port.to_bytes(2, "big")
        found.append(ToldOf(where, user_hash))
    return digest, tuple(found)


def read_exchanged_sources(packet: Ed2kPacket) -> "tuple[bytes, tuple[ToldOf, ...]]":
    """Read OP_ANSWERSOURCES in either form: the file, and who else shares it.

    Raises:
        Ed2kError: fields that do not add up.
    """
    fields = Fields(packet.body)
    version = fields.number(1) if packet.opcode == 0x84 else None
    about, count = fields.take(ED2K_BYTES), fields.number(2)
    sizes = {12: 1, 28: 3, 29: 4}
    size = fields.left // count if count else 12
    if count and (size not in sizes or size * count != fields.left):
        raise Ed2kError(f"{count} sources in {fields.left} bytes")
    version = version or sizes[size]
    if not 1 <= version <= 4 or (count and sizes[size] != {1: 1, 2: 3, 3: 3, 4: 4}[version]):
        raise Ed2kError(f"sources of {size} bytes in version {version}")
    found = []
    for _ in range(count):
        one = fields.take(size)
        host = one[3::-1] if version >= 3 else one[:4]  # from then on as a number, lowest first
        where = NOWHERE if host[0] == 0 else host + one[5:3:-1]
        found.append(ToldOf(where, one[12:28] or None))
    return about, tuple(found)
