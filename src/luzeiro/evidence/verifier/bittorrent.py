"""What two BitTorrent clients, or a DHT node, said to each other: read from the bytes alone.

Written from BEP 3, 5, 6, 9, 10, 11, 23, 32 and 52; shares no code with what recorded the bytes.
"""

import struct
from dataclasses import dataclass, field
from typing import Any

Bencoded = Any  # int, bytes, list or dict: whoever uses a value looks at what it is


class ProtocolError(Exception):
    """Bytes that are not what the protocol has there."""


@dataclass
class PeerSays:
    """What one side of a peer wire link said."""

    infohash: bytes | None = None  # None: no whole handshake
    peer_id: bytes = b""
    pieces: set[int] = field(default_factory=set)
    all_pieces: bool = False  # HAVE_ALL
    told_whole: bool = False  # by BITFIELD or HAVE_ALL: then what is not named is not held
    client: str | None = None
    upload_only: bool = False
    peers: set[bytes] = field(default_factory=set)  # compact, told of by PEX
    metadata: bytes = b""  # pieces of it as they came
    messages: list[str] = field(default_factory=list)  # names, in order
    content: bool = False  # a PIECE


_NAMES = {
    0: "choke",
    1: "unchoke",
    2: "interested",
    3: "not interested",
    4: "have",
    5: "bitfield",
    6: "request",
    7: "piece",
    8: "cancel",
    9: "port",
    13: "suggest",
    14: "have all",
    15: "have none",
    16: "reject",
    17: "allowed fast",
    20: "extended",
    21: "hash request",
    22: "hashes",
    23: "hash reject",
}


def read_peer(stream: bytes, extensions: "dict[int, str] | None" = None) -> PeerSays:
    """Read one direction of a link, as far as it goes.

    Args:
        stream: all bytes of that direction.
        extensions: what the other side called its extensions: number to name (BEP 10).
    """
    says = PeerSays()
    if len(stream) < 68 or stream[:20] != b"\x13BitTorrent protocol":
        return says
    says.infohash, says.peer_id = stream[28:48], stream[48:68]
    at = 68
    while at + 4 <= len(stream):
        length = int.from_bytes(stream[at : at + 4], "big")
        if length == 0:
            at += 4
            continue
        if at + 5 <= len(stream) and stream[at + 4] == 7:
            says.content = True  # its header is enough: content is never kept
            says.messages.append("piece")
            break
        body = stream[at + 4 : at + 4 + length]
        if len(body) < length:
            break
        _hear(says, body[0], body[1:], extensions or {})
        at += 4 + length
    return says


def _hear(says: PeerSays, kind: int, payload: bytes, extensions: "dict[int, str]") -> None:
    says.messages.append(_NAMES.get(kind, f"message {kind}"))
    if kind == 4 and len(payload) == 4:
        says.pieces.add(int.from_bytes(payload, "big"))
    elif kind == 5:
        says.pieces, says.told_whole, says.all_pieces = _set_bits(payload), True, False
    elif kind == 14:
        says.pieces, says.told_whole, says.all_pieces = set(), True, True
    elif kind == 15:
        says.pieces, says.told_whole, says.all_pieces = set(), False, False
    elif kind == 20 and payload:
        try:
            _hear_extended(says, payload[0], payload[1:], extensions)
        except ProtocolError:
            says.messages[-1] = "extended (malformed)"


def _set_bits(bits: bytes) -> set[int]:
    return {
        8 * place + bit
        for place, byte in enumerate(bits)
        for bit in range(8)
        if byte & (0x80 >> bit)
    }


def _hear_extended(
    says: PeerSays, number: int, payload: bytes, extensions: "dict[int, str]"
) -> None:
    name = "extension handshake" if number == 0 else extensions.get(number, f"extension {number}")
    says.messages[-1] = name
    value, end = bdecode(payload)
    if not isinstance(value, dict):
        raise ProtocolError("an extended message is no dictionary")
    if number == 0:
        if isinstance(value.get(b"v"), bytes):
            says.client = value[b"v"].decode("utf-8", "backslashreplace")[:100]
        if isinstance(value.get(b"upload_only"), int):
            says.upload_only = bool(value[b"upload_only"])
    elif name == "ut_pex":
        for key, size in ((b"added", 6), (b"added6", 18)):
            told = value.get(key, b"")
            says.peers |= {told[at : at + size] for at in range(0, len(told) - size + 1, size)}
    elif name == "ut_metadata" and value.get(b"msg_type") == 1:
        says.metadata += payload[end:]


def own_extensions(stream: bytes) -> "dict[int, str]":
    """How a side numbers the messages that it listens to: from its extension handshake."""
    at = 68
    while at + 6 <= len(stream):
        length = int.from_bytes(stream[at : at + 4], "big")
        if length > 2 and stream[at + 4] == 20 and stream[at + 5] == 0:
            try:
                value, _ = bdecode(stream[at + 6 : at + 4 + length])
                numbers = value.get(b"m", {}) if isinstance(value, dict) else {}
                return {
                    number: name.decode("latin-1")
                    for name, number in numbers.items()
                    if isinstance(number, int) and number
                }
            except ProtocolError:
                return {}
        at += 4 + length
    return {}


def pieces_of_info(info: bytes) -> int | None:
    """How many pieces an info dictionary has (BEP 3, BEP 52); None where it does not say."""
    try:
        held, _ = bdecode(info)
    except ProtocolError:
        return None
    if not isinstance(held, dict):
        return None
    if isinstance(held.get(b"pieces"), bytes):
        return len(held[b"pieces"]) // 20
    size, tree = held.get(b"piece length"), held.get(b"file tree")
    if not isinstance(size, int) or size < 1 or not isinstance(tree, dict):
        return None
    return sum(-(-length // size) for length in _lengths(tree))


def _lengths(tree: "dict[bytes, Bencoded]") -> list[int]:
    found = []
    for name, below in tree.items():
        if name == b"" and isinstance(below, dict) and isinstance(below.get(b"length"), int):
            found.append(below[b"length"])
        elif isinstance(below, dict):
            found += _lengths(below)
    return found


@dataclass(frozen=True)
class NodeSays:
    """What a DHT node answered to get_peers (BEP 5)."""

    transaction_id: bytes
    node_id: bytes
    values: frozenset[bytes]  # compact addresses


def read_node(datagram: bytes) -> NodeSays:
    """Read an answer to get_peers.

    Raises:
        ProtocolError: it is not one.
    """
    message, _ = bdecode(datagram)
    reply = message.get(b"r") if isinstance(message, dict) else None
    if not isinstance(reply, dict) or not isinstance(reply.get(b"id"), bytes):
        raise ProtocolError("not an answer of a DHT node")
    values = frozenset(one for one in reply.get(b"values", []) if isinstance(one, bytes))
    return NodeSays(message.get(b"t", b""), reply[b"id"], values)


def read_query(datagram: bytes) -> tuple[bytes, bytes, bytes]:
    """Read a query: its transaction id, its method, and the infohash that it names.

    Raises:
        ProtocolError: it is not one.
    """
    message, _ = bdecode(datagram)
    if not isinstance(message, dict) or not isinstance(message.get(b"a"), dict):
        raise ProtocolError("not a query to a DHT node")
    infohash = message[b"a"].get(b"info_hash", b"")
    return message.get(b"t", b""), message.get(b"q", b""), infohash


def bdecode(data: bytes, at: int = 0, depth: int = 0) -> tuple[Bencoded, int]:
    """Read one bencoded value (BEP 3); give it and where it ends.

    Raises:
        ProtocolError: it is not bencoded, or nested too deep.
    """
    if depth > 32:
        raise ProtocolError("nested too deep")
    kind = data[at : at + 1]
    if kind == b"i":
        end = data.find(b"e", at)
        return _integer(data[at + 1 : end]), end + 1
    if kind in (b"l", b"d"):
        found, at = [], at + 1
        while data[at : at + 1] != b"e":
            value, at = bdecode(data, at, depth + 1)
            found.append(value)
        if kind == b"l":
            return found, at + 1
        if len(found) % 2 or not all(isinstance(key, bytes) for key in found[::2]):
            raise ProtocolError("a dictionary with a key that is no string")
        return dict(zip(found[::2], found[1::2], strict=True)), at + 1
    colon = data.find(b":", at, at + 10)
    length = _integer(data[at:colon]) if colon > 0 else -1
    if length < 0 or colon + 1 + length > len(data):
        raise ProtocolError(f"not bencoded at byte {at}")
    return data[colon + 1 : colon + 1 + length], colon + 1 + length


def _integer(digits: bytes) -> int:
    if not digits.lstrip(b"-").isdigit() or len(digits) > 20:
        raise ProtocolError(f"{digits[:20]!r} is not a number")
    return int(digits)


def compact(address: bytes, port: int) -> bytes:
    """An address of 16 bytes and a port as BEP 23 and BEP 32 write them."""
    short = address[12:] if address[:12] == bytes(10) + b"\xff\xff" else address
    return short + struct.pack(">H", port)
