"""Kad2 datagrams, as far as an observer hears and speaks them.

We ask a node whom it knows (bootstrap), whom it knows near a file's hash, and which sources it was
told of. There is no encoder for a hello, which would have us listed as a node, nor for anything
that publishes, nor for a search by keyword. Ids travel as four 32-bit words, each little-endian;
here they are 16 bytes in the order in which they are compared, so a file's id is its eD2k hash.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from luzeiro.networks.edonkey.wire.packed import unpack
from luzeiro.networks.edonkey.wire.tags import Tags, number, read_tags, text
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.reader import Reader

SPEC = "aMule KademliaUDPListener.cpp"
HEADER, PACKED_HEADER = 0xE4, 0xE5
UNPACKED_LIMIT = 64 * 1024  # aMule: 50 sources in a packet, some 5 KiB
FIND_NODE = 0x0B  # KADEMLIA_FIND_NODE: up to 11 contacts in the answer
CONTACTS_LIMIT = 64  # of one answer; aMule gives at most 32
OBFUSCATION_FROM = 6  # Kad version from which a node reads obfuscated packets
_BOOTSTRAP_REQ, _BOOTSTRAP_RES = 0x01, 0x09
_REQ, _RES = 0x21, 0x29
_SEARCH_SOURCE_REQ, _SEARCH_RES = 0x34, 0x3B
_WORDS, _WORDS_BACK = struct.Struct("<4I"), struct.Struct(">4I")
_CONTACT = struct.Struct("<4IIHHB")
_COMPACT = struct.Struct(">IH")
_SOURCE_TYPE, _IP, _TCP_PORT, _UDP_PORT = 0xFF, 0xFE, 0xFD, 0xFC
_BUDDY_IP, _BUDDY_PORT, _BUDDY_HASH, _ENCRYPTION, _SIZE = 0xFB, 0xFA, 0xF8, 0xF3, 0x02


def to_words(identifier: bytes) -> bytes:
    """Turn an id of 16 bytes into the form in which it travels."""
    return _WORDS.pack(*_WORDS_BACK.unpack(identifier))


def from_words(words: bytes) -> bytes:
    """Turn an id as it travels into 16 bytes in the order of comparison."""
    return _WORDS_BACK.pack(*_WORDS.unpack(words))


@dataclass(frozen=True, slots=True)
class BootstrapReq:
    """KADEMLIA2_BOOTSTRAP_REQ: who are you, and whom do you know?"""

    def encode(self) -> bytes:
        return bytes((HEADER, _BOOTSTRAP_REQ))


@dataclass(frozen=True, slots=True)
class Kademlia2Req:
    """KADEMLIA2_REQ: which nodes do you know that are near this id?"""

    target: bytes  # 16 bytes
    receiver: bytes  # the node's own Kad id: who goes by another one now stays silent

    def encode(self) -> bytes:
        asked = bytes((HEADER, _REQ, FIND_NODE))
        return asked + to_words(self.target) + to_words(self.receiver)


@dataclass(frozen=True, slots=True)
class SearchSourceReq:
    """KADEMLIA2_SEARCH_SOURCE_REQ: who told you that they share the file with this hash?"""

    target: bytes  # 16 bytes: the eD2k hash
    size_bytes: int  # 0 where it is not known
    start: int = 0  # passes over so many sources (at most 0x7FFF)

    def encode(self) -> bytes:
        head = bytes((HEADER, _SEARCH_SOURCE_REQ)) + to_words(self.target)
        return head + struct.pack("<HQ", self.start, self.size_bytes)


@dataclass(frozen=True, slots=True)
class Contact:
    """A node as another one tells of it."""

    node_id: bytes  # 16 bytes
    address: bytes  # compact: IPv4 and UDP port
    tcp_port: int
    version: int


class SourceType(IntEnum):
    """TAG_SOURCETYPE: how a source can be reached (CSearch::ProcessResultFile)."""

    OPEN = 1
    BUDDY = 3
    OPEN_LARGE = 4
    BUDDY_LARGE = 5
    DIRECT_CALLBACK = 6


@dataclass(frozen=True, slots=True)
class KadSource:
    """What a node was told about one sharer of one file. Hearsay."""

    user_hash: bytes  # the result's id, 16 bytes
    tags: Tags = field(hash=False)

    @property
    def type(self) -> int:
        return number(self.tags, _SOURCE_TYPE)

    @property
    def is_open(self) -> bool:
        return self.type in (SourceType.OPEN, SourceType.OPEN_LARGE)

    @property
    def tcp(self) -> bytes:
        """Compact address for TCP; port 0 where none was given."""
        return _compact(number(self.tags, _IP), number(self.tags, _TCP_PORT))

    @property
    def udp_port(self) -> int:
        return number(self.tags, _UDP_PORT) & 0xFFFF

    @property
    def buddy(self) -> bytes | None:
        """Compact address (UDP) of the buddy through which a firewalled source is reached."""
        host = number(self.tags, _BUDDY_IP)
        # Unlike the source's own, eMule writes this address in network order.
        return _network_order(host, number(self.tags, _BUDDY_PORT)) if host else None

    @property
    def buddy_id(self) -> str | None:
        return text(self.tags, _BUDDY_HASH)

    @property
    def crypt_options(self) -> int:
        """1: reads obfuscated links, 2: wants them, 4: takes no others."""
        return number(self.tags, _ENCRYPTION)

    @property
    def size_bytes(self) -> int | None:
        """Of the file, as the source stated to the node."""
        return number(self.tags, _SIZE) or None


@dataclass(frozen=True, slots=True)
class BootstrapRes:
    """A node tells of itself and of up to 20 others."""

    node_id: bytes
    tcp_port: int
    version: int
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class Kademlia2Res:
    """Nodes near the id that was asked for."""

    target: bytes
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class SearchRes:
    """Sources of a file: up to 50 in a packet, several packets to one question."""

    node_id: bytes
    target: bytes
    sources: tuple[KadSource, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """Any other message: a question to us, which stays unanswered, or one unknown to us."""

    opcode: int


Message: TypeAlias = BootstrapRes | Kademlia2Res | SearchRes | Aside


def decode(datagram: bytes) -> Message:
    """Decode one datagram that is not obfuscated, or no longer.

    Raises:
        WireError: not Kad, cut short, too long, or with fields that do not add up.
    """
    if len(datagram) < 2 or datagram[0] not in (HEADER, PACKED_HEADER):
        raise WireError("not a Kad packet", at=0, spec=SPEC)
    opcode, body = datagram[1], datagram[2:]
    if opcode not in (_BOOTSTRAP_RES, _RES, _SEARCH_RES):
        return Aside(opcode)
    if datagram[0] == PACKED_HEADER:
        body = unpack(body, UNPACKED_LIMIT)
    reader = Reader(body, SPEC)
    message = _BODIES[opcode](reader)
    if reader.left:
        raise reader.error(f"{reader.left} bytes after the message's end")
    return message


def _bootstrap_res(reader: Reader) -> Message:
    node_id, tcp_port, version = from_words(reader.take(16)), reader.uint16(), reader.uint8()
    return BootstrapRes(node_id, tcp_port, version, _contacts(reader, reader.uint16()))


def _res(reader: Reader) -> Message:
    target = from_words(reader.take(16))
    return Kademlia2Res(target, _contacts(reader, reader.uint8()))


def _search_res(reader: Reader) -> Message:
    node_id, target = from_words(reader.take(16)), from_words(reader.take(16))
    sources = []
    for _ in range(reader.uint16()):
        user_hash = from_words(reader.take(16))
        sources.append(KadSource(user_hash, read_tags(reader, reader.uint8())))
    return SearchRes(node_id, target, tuple(sources))


_BODIES = {_BOOTSTRAP_RES: _bootstrap_res, _RES: _res, _SEARCH_RES: _search_res}


def _contacts(reader: Reader, count: int) -> tuple[Contact, ...]:
    if count > CONTACTS_LIMIT:
        raise reader.error(f"{count} contacts in one answer")
    return tuple(read_contacts(reader.take(count * _CONTACT.size)))


def read_contacts(packed: bytes) -> Iterator[Contact]:
    """Read contacts of 25 bytes each: id, IPv4, UDP port, TCP port, version."""
    # Some 110 in a lookup: here the fields go straight into their new order.
    for a, b, c, d, host, udp_port, tcp_port, version in _CONTACT.iter_unpack(packed):
        node_id = _WORDS_BACK.pack(a, b, c, d)
        yield Contact(node_id, _COMPACT.pack(host, udp_port), tcp_port, version)


def _compact(host: int, port: int) -> bytes:
    """An address as Kad writes it, a number in the host's order: its first byte is the highest."""
    return _COMPACT.pack(host & 0xFFFFFFFF, port & 0xFFFF)


def _network_order(host: int, port: int) -> bytes:
    """An address as eD2k writes it: the number's lowest byte is the address's first."""
    return (host & 0xFFFFFFFF).to_bytes(4, "little") + (port & 0xFFFF).to_bytes(2, "big")


SAYS = frozenset({BootstrapReq, Kademlia2Req, SearchSourceReq})
