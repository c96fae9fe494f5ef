"""KRPC, the DHT's messages (BEP 5), as a read-only node needs them (BEP 43).

We ask get_peers and read its answers: nothing else. There is no announce_peer here, and no reply
to anybody's query.

Where reality deviates from BEP 5, and what we do: keys out of order, keys beyond BEP 5, no `token`:
read all the same. Refused, since the node's word would be a guess: an
id of a wrong size, `nodes` that are cut, a value that is no address, a key twice.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.endpoint import V4_MAPPED, Endpoint

SPEC = "BEP 5"
NODE_INFO_SIZE = 26  # bytes in `nodes`: id, IPv4 address, port
NODE_INFO6_SIZE = 38  # bytes in `nodes6` (BEP 32): id, IPv6 address, port
VALUE_SIZES = (6, 18)  # bytes of a peer's address and port: IPv4, IPv6


@dataclass(frozen=True, slots=True)
class GetPeers:
    """Ask one node who shares an infohash (BEP 5, "get_peers")."""

    transaction_id: bytes  # 1 to 9 bytes; unguessable, so that only who was asked can answer
    node_id: bytes  # ours, 20 bytes
    infohash: bytes  # 20 bytes
    both_families: bool = False  # ask for nodes of IPv4 and of IPv6, whichever carries the query

    def encode(self) -> bytes:
        head, tail = self.around_transaction_id()
        return head + self.transaction_id + tail

    def around_transaction_id(self) -> tuple[bytes, bytes]:
        """The bytes before and after the transaction id: of all queries of a lookup, the same."""
        want = b"4:wantl2:n42:n6e" if self.both_families else b""  # BEP 32
        # ro=1 keeps us out of routing tables (BEP 43): we look, nobody leans on us.
        head = b"d1:ad2:id20:%b9:info_hash20:%b%be1:q9:get_peers2:roi1e1:t%d:" % (
            *(self.node_id, self.infohash, want),
            len(self.transaction_id),
        )
        return head, b"1:y1:qe"


@dataclass(frozen=True, slots=True)
class PeersFound:
    """A node's answer: peers it heard of, nodes nearer the infohash, or both.

    Addresses stay compact: a lookup compares thousands of them and wants few as objects.
    """

    transaction_id: bytes
    node_id: bytes  # 20 bytes
    values: tuple[bytes, ...]  # 6 bytes each, or 18 (BEP 32)
    nodes: bytes  # NODE_INFO_SIZE bytes each
    nodes6: bytes  # NODE_INFO6_SIZE bytes each

    @property
    def peers(self) -> tuple[Endpoint, ...]:
        return tuple(map(Endpoint.from_compact, self.values))

    @property
    def nearer(self) -> tuple[Endpoint, ...]:
        """Where the nodes are that this one calls nearer."""
        pairs = ((self.nodes, NODE_INFO_SIZE), (self.nodes6, NODE_INFO6_SIZE))
        return tuple(
            Endpoint.from_compact(infos[at + 20 : at + size])
            for infos, size in pairs
            for at in range(0, len(infos), size)
        )


@dataclass(frozen=True, slots=True)
class KrpcError:
    """A node's refusal (BEP 5, "Errors"), with what it gave as its reason."""

    transaction_id: bytes
    code: int
    reason: bytes


@dataclass(frozen=True, slots=True)
class AskedOfUs:
    """A query from another node. We are read-only (BEP 43): it stays unanswered."""

    transaction_id: bytes
    method: bytes


Message: TypeAlias = PeersFound | KrpcError | AskedOfUs


# What nearly all nodes answer, with its keys in order. Every part has its length before it, so a
# full match is exactly what bencode.decode would read: test_krpc.py holds the two together.
_USUAL_ANSWER = re.compile(
    rb"""
    d (?: 2:ip (?: 6:.{6} | 18:.{18} ) )?+          # our own address, as the node sees it (BEP 42)
    1:rd
      2:id 20:(.{20})
      ( 5:nodes (?: %b ) )?+
      (?: 1:p i (?: 0 | [1-9][0-9]{0,4} ) e )?+     # our port, as libtorrent's nodes see it
      (?: 5:token (?: 4:.{4} | 8:.{8} | 20:.{20} ) )?+
      (?: 6:values l ( (?: 6:.{6} )*+ ) e )?+
    e
    1:t 4:(.{4})
    (?: 1:v 4:.{4} )?+
    1:y 1:r
    e
    """
    % b"|".join(b"%d:.{%d}" % (size, size) for size in range(0, 17 * NODE_INFO_SIZE, 26)),
    re.DOTALL | re.VERBOSE,
)


def decode(datagram: bytes) -> Message:
    """Decode what came in: an answer to `GetPeers`, an error, or a query.

    Raises:
        WireError: not bencode, no KRPC message, or a field missing or of the wrong size.
    """
    match = _USUAL_ANSWER.fullmatch(datagram)
    if match is None:
        return decode_any(datagram)
    node_id, nodes, values, transaction_id = match.groups(b"")
    return PeersFound(
        transaction_id,
        node_id,
        # In `values`, each 6-byte address comes after its "6:".
        tuple([values[at : at + 6] for at in range(2, len(values), 8)]),
        nodes[len(nodes) % NODE_INFO_SIZE :],  # what goes before is shorter than one node's info
        b"",
    )


def decode_any(datagram: bytes) -> Message:
    """Do what `decode` does, for every order and choice of keys.

    Raises:
        WireError: as `decode`.
    """
    message = bencode.decode_dict(datagram, spec=SPEC)
    kind, transaction_id = message.bytes_at(b"y"), message.bytes_at(b"t")
    if kind == b"r":
        return _peers_found(transaction_id, message.dict_at(b"r"))
    if kind == b"e":
        return _krpc_error(transaction_id, message)
    if kind == b"q":
        return AskedOfUs(transaction_id, message.bytes_at(b"q"))
    raise _broken(f"'y' is {kind[:8]!r}, expected r, e or q")


def _peers_found(transaction_id: bytes, reply: bencode.Fields) -> PeersFound:
    return PeersFound(
        transaction_id,
        reply.bytes_at(b"id", size=20),
        tuple(map(_value, reply.list_at(b"values") if b"values" in reply else ())),
        _node_infos(reply, b"nodes", NODE_INFO_SIZE),
        _node_infos(reply, b"nodes6", NODE_INFO6_SIZE),
    )


def _value(value: bencode.Value) -> bytes:
    if not isinstance(value, bytes) or len(value) not in VALUE_SIZES:
        raise _broken("'values' holds something other than addresses of 6 or 18 bytes")
    return value.removeprefix(V4_MAPPED)  # the same peer, whichever way it is written


def _node_infos(reply: bencode.Fields, key: bytes, size: int) -> bytes:
    infos = reply.bytes_at(key) if key in reply else b""
    if len(infos) % size:
        raise _broken(f"'{key.decode()}' has {len(infos)} bytes, not a multiple of {size}")
    return infos


def _krpc_error(transaction_id: bytes, message: bencode.Fields) -> KrpcError:
    match message.list_at(b"e"):
        case [int(code), bytes(reason), *_]:
            return KrpcError(transaction_id, code, reason)
    raise _broken("'e' is not a code and a reason")


def _broken(what: str) -> WireError:
    return WireError(what, at=0, spec=SPEC)


SAYS = frozenset({GetPeers})
