"""A whole DHT in memory, seeded, in its own time: loss, delay, liars, garblers, intruders.

Nodes have addresses of the documentation range 2001:db8::/32, each in a /64 of its own unless it
is a sybil: all sybils share one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

from luzeiro.networks.bittorrent.session.dht import DhtClient
from luzeiro.networks.bittorrent.session.heard import LookupResult
from luzeiro.networks.bittorrent.session.lookup import Lookup
from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.observations.endpoint import Endpoint

SYBIL_SUBNET = 0xBAD
FORGED = 0xFA15E  # the subnet of peers that only forged answers name
EPOCH_US = 1_700_000_000_000_000


@dataclass(frozen=True, slots=True)
class Habits:
    """How the world behaves, as shares of datagrams or of nodes."""

    loss: float = 0.0  # of datagrams, either way
    slow: float = 0.0  # of answers, that come after everybody has given up
    malformed: float = 0.0  # of answers
    unasked: float = 0.0  # of answers, that bring a forged one along
    refusals: float = 0.0  # of answers, that are errors
    liars: float = 0.0  # of nodes: they name invented peers and invented nodes
    sybils: int = 0  # nodes in one /64 that place themselves around the first infohash


@dataclass(slots=True)
class SimulatedNode:
    address: bytes
    node_id: bytes
    lies: bool = False
    sybil: bool = False
    known: list["SimulatedNode"] = field(default_factory=list)
    stored: dict[bytes, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def distance(self, target: bytes) -> int:
        return int.from_bytes(self.node_id, "big") ^ int.from_bytes(target, "big")


def address(subnet: int, host: int = 1, port: int = 6881) -> bytes:
    return Endpoint.parse(f"2001:db8:{subnet >> 16:x}:{subnet & 0xFFFF:x}::{host:x}", port).compact


def forged(infohash: bytes, transaction_id: bytes) -> bytes:
    """An answer that nobody who was asked has sent."""
    fields: dict[bytes, bencode.Encodable] = {b"id": infohash, b"values": [address(FORGED)]}
    return bencode.encode({b"r": fields, b"t": transaction_id, b"y": b"r"})


class SimulatedDht:
    """The nodes, what they store, and what happened to them."""

    def __init__(self, seed: int, nodes: int, infohashes: int, habits: Habits) -> None:
        self.random = Random(seed)
        self.habits = habits
        self.infohashes = [self.random.randbytes(20) for _ in range(infohashes)]
        honest = [
            SimulatedNode(address(0x10000 + number), self.random.randbytes(20))
            for number in range(nodes)
        ]
        for node in honest:
            node.lies = self.random.random() < habits.liars
        self._sybils = [self._sybil(number) for number in range(habits.sybils)]
        self.nodes = {node.address: node for node in (*honest, *self._sybils)}
        for node in self.nodes.values():
            node.known = self._routing_table(node, honest)
        self.announced = {
            infohash: self._announce(infohash, honest) for infohash in self.infohashes
        }
        self.queries: list[tuple[float, bytes, bytes]] = []  # when, node, infohash
        self.answers: set[tuple[bytes, bytes]] = set()  # node, bytes that it sent for a query

    def entry_points(self, count: int) -> list[bytes]:
        honest = [node.address for node in self.nodes.values() if not node.sybil]
        return self.random.sample(honest, count)

    def holders(self, infohash: bytes) -> set[bytes]:
        """The nodes that an announcement of the infohash reached."""
        return {node.address for node in self.nodes.values() if infohash in node.stored}

    def run(self, client: DhtClient, until_s: float = 600.0) -> dict[bytes, LookupResult]:
        """Look up every infohash; the world ends at `until_s`."""
        lookups = [client.start(infohash) for infohash in self.infohashes]
        ended: list[Lookup] = []
        mail: list[tuple[float, int, bytes, bytes]] = []  # when, order, data, source
        now = 0.0
        while len(ended) < len(lookups) and now < until_s:
            for data, node in client.to_send(now, EPOCH_US + int(now * 1e6)):
                for delay, reply, source in self._answers(data, self.nodes.get(node), now):
                    heappush(mail, (now + delay, len(mail) + len(self.queries), reply, source))
            ended += client.ended()
            deadline = client.deadline(now)
            times = [deadline] if deadline is not None else []
            now = max(now, min([*times, *(letter[0] for letter in mail[:1])], default=until_s))
            while mail and mail[0][0] <= now:
                _, _, reply, source = heappop(mail)
                client.receive(reply, source, now, EPOCH_US + int(now * 1e6))
        return {lookup.infohash: lookup.result() for lookup in ended}

    def _answers(
        self, query: bytes, node: SimulatedNode | None, now: float
    ) -> list[tuple[float, bytes, bytes]]:
        """What comes in after a query: delay, bytes, source."""
        fields = bencode.decode_dict(query, spec="BEP 5", canonical=True)
        infohash = fields.dict_at(b"a").bytes_at(b"info_hash", size=20)
        tid = fields.bytes_at(b"t")
        if node is None:
            return []
        self.queries.append((now, node.address, infohash))
        if self._happens(self.habits.loss):
            return []
        letters = []
        reply = self._reply(node, infohash, tid)
        if not self._happens(self.habits.loss):
            delay = 2.5 if self._happens(self.habits.slow) else self.random.uniform(0.01, 0.4)
            letters.append((delay, reply, node.address))
        if self._happens(self.habits.unasked):
            stranger = address(0xF00D)
            letters.append((0.001, forged(infohash, tid), stranger))  # right id, wrong source
            letters.append((0.001, forged(infohash, self.random.randbytes(4)), node.address))
            letters.append((0.001, query, node.address))  # a query to us
            letters.append((1.0, reply, node.address))  # the same answer again
        return letters

    def _reply(self, node: SimulatedNode, infohash: bytes, tid: bytes) -> bytes:
        if self._happens(self.habits.refusals):
            return bencode.encode({b"e": [202, b"Server Error"], b"t": tid, b"y": b"e"})
        fields: dict[bytes, bencode.Encodable] = {b"id": node.node_id, b"token": b"secret"}
        if node.lies or node.sybil:
            fields[b"values"] = [address(0xBAD0000 + self.random.randrange(1000))]
        elif infohash in node.stored:
            fields[b"values"] = node.stored[infohash]
        near = sorted(node.known, key=lambda other: other.distance(infohash))[:8]
        named = [other.node_id + other.address for other in near]
        if node.lies:
            named = [
                infohash[:18] + self.random.randbytes(2) + address(0xDEAD0000 + number)
                for number in range(4)
            ] + named[:4]
        fields[b"nodes6"] = b"".join(named)
        reply = bencode.encode({b"r": fields, b"t": tid, b"y": b"r"})
        if self._happens(self.habits.malformed):
            place = self.random.randrange(len(reply))
            return reply[:place] + self.random.randbytes(3)
        self.answers.add((node.address, reply))
        return reply

    def _announce(self, infohash: bytes, nodes: Sequence[SimulatedNode]) -> set[Endpoint]:
        peers = [address(0x50000 + self.random.randrange(0xFFFF)) for _ in range(3)]
        for node in sorted(nodes, key=lambda node: node.distance(infohash))[:8]:
            node.stored[infohash] = peers
        return {Endpoint.from_compact(peer) for peer in peers}

    def _sybil(self, number: int) -> SimulatedNode:
        near = self.infohashes[0][:8] + self.random.randbytes(12)
        return SimulatedNode(address(SYBIL_SUBNET, number + 1), near, sybil=True)

    def _routing_table(
        self, node: SimulatedNode, honest: Sequence[SimulatedNode]
    ) -> list[SimulatedNode]:
        if node.sybil:
            return [other for other in self._sybils if other is not node]
        near = sorted(honest, key=lambda other: other.distance(node.node_id))[1:17]
        far = self.random.sample(honest, min(24, len(honest)))
        # A sound node, too, keeps few of one subnet; it is the sybils who name only each other.
        sybils = self.random.sample(self._sybils, min(2, len(self._sybils)))
        table = {id(other): other for other in (*near, *far, *sybils)}
        return [other for other in table.values() if other is not node]

    def _happens(self, share: float) -> bool:
        return self.random.random() < share
