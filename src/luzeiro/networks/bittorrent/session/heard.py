"""What a lookup in the DHT came to: which peers were heard of, and from whom. All of it hearsay."""

from collections.abc import Iterable
from dataclasses import dataclass

from luzeiro.observations.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class NodeReply:
    """One node's answer that named peers, with the bytes both ways. Instants are UTC µs."""

    node: Endpoint
    node_id: bytes  # as the node states it, 20 bytes
    id_fits_address: bool  # BEP 42; true of local networks, which it exempts
    asked_at_us: int
    told_at_us: int
    query: bytes
    reply: bytes


@dataclass(frozen=True, slots=True)
class HeardPeer:
    """A peer that nodes say shares the infohash; each node that said so, in order."""

    peer: Endpoint
    replies: tuple[NodeReply, ...]


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The end of one lookup. `answered` 0: not one node spoke, so nothing is known of anybody."""

    infohash: bytes
    asked: int
    answered: int
    heard: tuple[HeardPeer, ...]


def by_peer(told: Iterable[tuple[NodeReply, tuple[bytes, ...]]]) -> tuple[HeardPeer, ...]:
    """Turn who named whom around: from replies and the compact addresses that each one named.

    Peers come in the order in which they were first named. A reply that names a peer twice is one
    witness.
    """
    witnesses: dict[bytes, list[NodeReply]] = {}
    for reply, values in told:
        for value in values:
            replies = witnesses.setdefault(value, [])
            if not replies or replies[-1] is not reply:
                replies.append(reply)
    return tuple(
        [
            HeardPeer(Endpoint.from_compact(value), tuple(replies))
            for value, replies in witnesses.items()
        ]
    )
