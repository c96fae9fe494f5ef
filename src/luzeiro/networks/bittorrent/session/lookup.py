"""One lookup: who shares an infohash, and which node said so (BEP 5, get_peers, iterative)."""

from collections.abc import Iterable
from functools import lru_cache
from struct import Struct

from luzeiro.networks.bittorrent.session.heard import LookupResult, NodeReply, by_peer
from luzeiro.networks.bittorrent.wire.krpc import GetPeers, PeersFound
from luzeiro.networks.bittorrent.wire.node_id import id_fits_address
from luzeiro.networks.kit.frontier import Frontier, Reach
from luzeiro.observations.endpoint import Endpoint

TRANSACTION_ID_SIZE = 4
_NODE_INFO = {6: Struct("20s6s"), 18: Struct("20s18s")}  # by the size of a compact address


class Query:
    """A node being asked: made when it is due, stamped when its datagram leaves."""

    __slots__ = ("address", "asked_at_us", "distance", "given_up_at", "lookup", "transaction_id")

    def __init__(self, lookup: "Lookup", distance: int, address: bytes) -> None:
        self.lookup = lookup
        self.distance = distance
        self.address = address  # compact
        self.transaction_id = b""  # empty: not sent, or no longer awaited
        self.asked_at_us = 0
        self.given_up_at = 0.0


class Lookup:
    """Find who shares one infohash, asking at most `reach.budget` nodes, each once.

    Holds no socket and reads no clock. Says whom to ask and learns from their answers; that an
    answer came in time from the node that was asked is the caller's to see to (dht.py).
    """

    __slots__ = (
        *("_frontiers", "_in_flight", "_query", "_reach", "_stopped", "_told"),
        *("answered", "asked", "infohash", "target"),
    )

    def __init__(
        self, infohash: bytes, *, us: bytes, reach: Reach, address_sizes: tuple[int, ...]
    ) -> None:
        """`us` is our node id; `address_sizes` the families we can ask: 6 (IPv4), 18 (IPv6)."""
        self.infohash = infohash
        self.target = int.from_bytes(infohash, "big")  # for XOR distances
        self.asked = self.answered = 0
        self._reach = reach
        self._in_flight = 0
        self._stopped = False
        self._frontiers = {size: Frontier(self.target, reach) for size in address_sizes}
        self._told: list[tuple[NodeReply, tuple[bytes, ...]]] = []  # with the peers it names
        empty = GetPeers(bytes(TRANSACTION_ID_SIZE), us, infohash, len(address_sizes) > 1)
        self._query = empty.around_transaction_id()

    @property
    def done(self) -> bool:
        """Whether nobody is being asked: after `to_ask` gave nobody, the end."""
        return not self._in_flight

    def datagram(self, transaction_id: bytes) -> bytes:
        """The query's bytes; within a lookup they differ in the transaction id alone."""
        head, tail = self._query
        return head + transaction_id + tail

    def start_from(self, nodes: Iterable[tuple[int, bytes]], address_size: int) -> None:
        """Take up nodes to begin with: distance (or UNKNOWN_DISTANCE) and compact address."""
        self._frontiers[address_size].start_from(nodes)

    def to_ask(self) -> list[Query]:
        """Give the queries now due. Each must come back, to `learn`, `fail` or `leave_out`."""
        due: list[Query] = []
        budget = 0 if self._stopped else self._reach.budget
        for frontier in self._frontiers.values():
            while self._in_flight < self._reach.at_once and self.asked < budget:
                node = frontier.next_to_ask()
                if node is None:
                    break
                self._in_flight += 1
                self.asked += 1
                due.append(Query(self, *node))
        return due

    def learn(self, query: Query, found: PeersFound, reply: bytes, told_at_us: int) -> None:
        """Take in a node's answer: `reply` is its bytes, `told_at_us` when they came (UTC)."""
        self._in_flight -= 1
        self.answered += 1
        distance = int.from_bytes(found.node_id, "big") ^ self.target
        self._frontiers[len(query.address)].answered(query.distance, distance)
        if found.values:
            self._told.append((self._witness(query, found, reply, told_at_us), found.values))
        for infos, size in ((found.nodes, 6), (found.nodes6, 18)):
            if infos and size in self._frontiers:
                nodes = _NODE_INFO[size].iter_unpack(infos)
                self._frontiers[size].learn(nodes, query.address)

    def fail(self, query: Query) -> None:
        """Take in that a node gave no answer, or refused."""
        self._in_flight -= 1
        self._frontiers[len(query.address)].failed(query.distance)

    def leave_out(self, query: Query) -> None:
        """Take in that a node was not asked after all."""
        self.asked -= 1
        self.fail(query)

    def stop(self) -> None:
        """Ask nobody any more; the lookup ends when those being asked have come back."""
        self._stopped = True

    def result(self) -> LookupResult:
        """Give who was heard of, each with every node that named it."""
        return LookupResult(self.infohash, self.asked, self.answered, by_peer(self._told))

    def _witness(self, query: Query, found: PeersFound, reply: bytes, told_at_us: int) -> NodeReply:
        node, fits = _node_and_fit(query.address, found.node_id)
        return NodeReply(
            node,
            found.node_id,
            fits,
            query.asked_at_us,
            told_at_us,
            self.datagram(query.transaction_id),
            reply,
        )


@lru_cache(maxsize=8192)  # a node near many infohashes is a witness often
def _node_and_fit(address: bytes, node_id: bytes) -> tuple[Endpoint, bool]:
    node = Endpoint.from_compact(address)
    return node, id_fits_address(node_id, node.packed)
