"""One lookup in Kad: nodes nearer and nearer to a file's hash, then their sources of it.

Holds no socket and reads no clock. Says whom to ask and learns from their answers; that an answer
came in time from the node that was asked is the caller's to see to (kad.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from luzeiro.networks.edonkey.session.heard import Telling, ToldSource, from_kad
from luzeiro.networks.edonkey.wire.kad import (
    FIND_NODE,
    Contact,
    Kademlia2Req,
    SearchRes,
    SearchSourceReq,
)
from luzeiro.networks.kit.frontier import Frontier, Reach

ID_BITS = 128
TOLERANCE = 1 << 24  # SEARCHTOLERANCE, of the distance's first 32 bits: who stores a source
PAGE = 300  # sources that a node gives to one question (CIndexed::SendValidSourceResult)
PAGES = 3
SOURCES_LIMIT = 3_000  # taken in one lookup


class Question(StrEnum):
    """What a node is asked."""

    BOOTSTRAP = "bootstrap"
    NODES = "nodes"
    SOURCES = "sources"


@dataclass(frozen=True, slots=True)
class KadReach:
    """How far a lookup goes."""

    nodes: Reach = field(default_factory=lambda: Reach(closest=10, at_once=4, budget=64))
    searches: int = 10  # nodes asked for sources; aMule publishes to about as many


class Query:
    """A node being asked: made when it is due, stamped when its datagram leaves."""

    __slots__ = (
        *("address", "asked_at_us", "distance", "given_up_at", "lookup", "obfuscated", "packet"),
        *("page", "question", "replies", "sent", "sources", "tried"),
    )

    def __init__(
        self, question: Question, packet: bytes, address: bytes, *, distance: int, page: int = 0
    ) -> None:
        self.question, self.packet, self.address, self.distance = (
            question,
            packet,
            address,
            distance,
        )
        self.page = page
        self.lookup: KadLookup | None = None
        self.obfuscated = False
        self.tried = 0
        self.sent = b""  # as it left: `packet`, or that encrypted
        self.asked_at_us = 0
        self.given_up_at = 0.0
        self.replies = 0
        self.sources = 0

    @property
    def target(self) -> bytes:
        return self.lookup.digest if self.lookup is not None else b""


class KadLookup:
    """Find who is said to share one file, asking at most `reach.nodes.budget` nodes for others."""

    __slots__ = (
        *("_answered_nodes", "_frontier", "_in_flight", "_reach", "_searched", "_searching"),
        *("_stopped", "answered", "asked", "digest", "size_bytes", "target", "told"),
    )

    def __init__(self, digest: bytes, size_bytes: int | None, reach: KadReach) -> None:
        self.digest, self.size_bytes = digest, size_bytes
        self.target = int.from_bytes(digest, "big")
        self.asked = self.answered = 0
        self.told: list[tuple[ToldSource, Telling]] = []
        self._reach = reach
        self._frontier = Frontier(self.target, reach.nodes)
        self._in_flight = 0
        self._stopped = self._searching = False
        self._answered_nodes: list[tuple[int, bytes]] = []  # distance and address
        self._searched = 0

    @property
    def done(self) -> bool:
        """Whether nobody is being asked: after `to_ask` gave nobody, the end."""
        return not self._in_flight

    def start_from(self, nodes: Iterable[tuple[int, bytes]]) -> None:
        """Take up nodes to begin with: distance and compact address."""
        self._frontier.start_from(nodes)

    def to_ask(self) -> list[Query]:
        """Give the queries now due. Each must come back, to `learn…`, `fail` or `end_search`."""
        due = [] if self._stopped else self._nodes_to_ask()
        if not due and not self._in_flight and not self._searching and not self._stopped:
            self._searching = True
            due = [self._search(*node) for node in self._in_zone()]
        self._in_flight += len(due)
        return due

    def _nodes_to_ask(self) -> list[Query]:
        due: list[Query] = []
        reach = self._reach.nodes
        while (
            not self._searching
            and self._in_flight + len(due) < reach.at_once
            and self.asked < reach.budget
            and (node := self._frontier.next_to_ask()) is not None
        ):
            self.asked += 1
            distance, address = node
            node_id = (distance ^ self.target).to_bytes(16, "big")
            packet = Kademlia2Req(self.digest, node_id).encode()
            due.append(self._query(Query(Question.NODES, packet, address, distance=distance)))
        return due

    def _in_zone(self) -> Sequence[tuple[int, bytes]]:
        """The nearest nodes that answered and that may have been told of sources."""
        zone = [
            node for node in sorted(self._answered_nodes) if node[0] >> (ID_BITS - 32) <= TOLERANCE
        ]
        return zone[: self._reach.searches]

    def _search(self, distance: int, address: bytes, page: int = 0) -> Query:
        packet = SearchSourceReq(self.digest, self.size_bytes or 0, page * PAGE).encode()
        query = Query(Question.SOURCES, packet, address, distance=distance, page=page)
        return self._query(query)

    def _query(self, query: Query) -> Query:
        query.lookup = self
        return query

    def learn_nodes(self, query: Query, contacts: Sequence[Contact]) -> None:
        """Take in a node's answer: others that it calls near. More than asked for are left out."""
        self._in_flight -= 1
        self.answered += 1
        self._frontier.answered(query.distance, query.distance)
        self._answered_nodes.append((query.distance, query.address))
        known = [(one.node_id, one.address) for one in contacts if one.version > 1]
        self._frontier.learn(known[:FIND_NODE], query.address)

    def learn_sources(self, query: Query, found: SearchRes, telling: Telling) -> None:
        """Take in one packet of sources; more may follow until `end_search`."""
        query.replies += 1
        query.sources += len(found.sources)
        room = max(0, SOURCES_LIMIT - len(self.told))
        for source in found.sources[:room]:
            told = from_kad(source)
            if told is not None:
                self.told.append((told, telling))

    def end_search(self, query: Query) -> list[Query]:
        """Note that a node has said all; give the question for more where it has more."""
        self._in_flight -= 1
        if self._stopped or query.sources < PAGE or query.page + 1 >= PAGES:
            return []
        self._in_flight += 1
        return [self._search(query.distance, query.address, query.page + 1)]

    def fail(self, query: Query) -> None:
        """Take in that a node gave no answer about nodes."""
        self._in_flight -= 1
        if query.question is Question.NODES:
            self._frontier.failed(query.distance)

    def stop(self) -> None:
        """Ask nobody any more; the lookup ends when those being asked have come back."""
        self._stopped = True
