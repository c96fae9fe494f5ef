"""Many lookups at once over one UDP port: the Kad client, without its socket.

It asks, and answers nobody; it never says hello, so no node lists it. An answer counts only if it
comes from the very node that was asked, for the id it was asked about, in time. Kad has no
transaction ids: whoever can guess both and forge an address can lie to us, which is one reason why
all that Kad says is hearsay.
"""

import hashlib
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random

from luzeiro.networks.edonkey.session.heard import HeardSource, Telling, by_address
from luzeiro.networks.edonkey.session.lookup import ID_BITS, KadLookup, KadReach, Query, Question
from luzeiro.networks.edonkey.wire import kad
from luzeiro.networks.edonkey.wire.obfuscation import (
    PLAIN_MARKERS,
    ObfuscatedDatagram,
    marker_from,
    open_datagram,
)
from luzeiro.networks.kit.budgets import RateBudget
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.nodes import NodePool
from luzeiro.networks.kit.pace import NodePace
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript

ANSWERED = 0.0  # in place of the instant at which a query is given up
BOOTSTRAP_TRIES = 2
INSISTING_LIMIT = 10_000  # nodes remembered to answer obfuscated packets alone


@dataclass(frozen=True, slots=True)
class KadSettings:
    """How far and how fast we ask. aMule drops a minute's 11th REQ, 4th SEARCH, 3rd BOOTSTRAP."""

    reach: KadReach = field(default_factory=KadReach)
    reply_timeout_s: float = 2.0
    search_quiet_s: float = 1.0  # after a packet of sources: more may follow
    queries_per_s: float = 100.0  # in all
    queries_burst: int = 50
    address_reqs_per_minute: float = 9.0
    address_searches_per_minute: float = 2.5
    address_bootstraps_per_minute: float = 1.5
    patience_s: float = 45.0  # a node that may not be asked for longer is left alone
    lookups_at_once: int = 500


@dataclass(frozen=True, slots=True)
class KadResult:
    """The end of one lookup. `answered` 0: not one node spoke, so nothing is known of anybody."""

    digest: bytes
    asked: int
    answered: int
    heard: tuple[HeardSource, ...]


class KadClient:
    """Runs lookups. Holds no socket, reads no clock, rolls no dice of its own.

    Times are seconds of any monotonic origin; `at_us` is UTC, in microseconds. Addresses are
    compact: 6 bytes, IPv4. `random` makes the keys by which nodes encrypt their answers to us.
    """

    def __init__(
        self,
        bootstrap: Iterable[bytes],
        contacts: Iterable[kad.Contact],
        *,
        settings: KadSettings,
        random: Random,
        tally: Tally,
    ) -> None:
        """`bootstrap`: addresses of nodes whose ids nobody told us; `contacts`: of nodes.dat."""
        self.own = ""  # our endpoint as text, for transcripts
        self.pool = NodePool(ID_BITS)
        self._contacts = [
            (int.from_bytes(contact.node_id, "big"), contact.address) for contact in contacts
        ]
        self._settings, self._random, self._tally = settings, random, tally
        self._secret = random.randbytes(16)
        self._budget = RateBudget(settings.queries_per_s, settings.queries_burst)
        self._paces = {
            Question.NODES: NodePace(settings.address_reqs_per_minute / 60, burst=6),
            Question.SOURCES: NodePace(settings.address_searches_per_minute / 60, burst=2),
            Question.BOOTSTRAP: NodePace(settings.address_bootstraps_per_minute / 60, burst=1),
        }
        self._waiting: deque[KadLookup] = deque()
        self._running: set[KadLookup] = set()
        self._ended: list[KadLookup] = []
        self._due: deque[Query] = deque()
        self._booked: list[tuple[float, int, Query]] = []  # a heap: when the node may be asked
        self._bookings = 0
        self._left_alone: list[Query] = []  # whose nodes may not be asked soon enough
        self._awaited: dict[tuple[bytes, Question, bytes], Query] = {}
        self._timeouts: list[tuple[float, int, Query]] = []  # a heap; stale entries are passed over
        self._timeout_count = 0
        self._insisting: set[bytes] = set()
        self._bootstraps_left = 0
        self._bootstrap = tuple(dict.fromkeys(bootstrap))
        self._begun = False

    def start(self, digest: bytes, size_bytes: int | None) -> KadLookup:
        """Begin a lookup, or let it wait its turn; `ended` gives it back."""
        lookup = KadLookup(digest, size_bytes, self._settings.reach)
        self._waiting.append(lookup)
        return lookup

    def ended(self) -> list[KadLookup]:
        """Give the lookups that have ended since the last call."""
        ended, self._ended = self._ended, []
        return ended

    def abandon(self, lookup: KadLookup) -> None:
        """Let go of a lookup whose result nobody wants any more."""
        lookup.stop()
        if lookup in self._waiting:
            self._waiting.remove(lookup)

    def to_send(self, now: float, at_us: int) -> list[tuple[bytes, bytes]]:
        """Give the datagrams due now, each with the address it goes to."""
        self._begin(now)
        self._give_up(now)
        self._start_waiting(now)
        while self._booked and self._booked[0][0] <= now:
            self._due.append(heappop(self._booked)[2])
        datagrams: list[tuple[bytes, bytes]] = []
        while self._due and self._budget.take(now):
            query = self._due.popleft()
            key = (query.address, query.question, query.target)
            if key in self._awaited:  # the same question is under way: one answer serves one
                self._fail(query, now)
                continue
            datagrams.append((self._written(query), query.address))
            query.asked_at_us = at_us
            self._awaited[key] = query
            self._await(query, now + self._settings.reply_timeout_s)
        self._tally.count("kad queries", len(datagrams))
        return datagrams

    def receive(self, data: bytes, source: bytes, now: float, at_us: int) -> None:
        """Learn from one datagram."""
        try:
            message = kad.decode(self._opened(data, source))
        except WireError:
            self._tally.count("kad malformed")
            return
        match message:
            case kad.BootstrapRes():
                query = self._answered(source, Question.BOOTSTRAP, b"")
                if query is not None:
                    self._learn_bootstrap(message, source, now)
            case kad.Kademlia2Res():
                query = self._answered(source, Question.NODES, message.target)
                if query is not None and query.lookup is not None:
                    self._learn_nodes(query, message, source, now)
            case kad.SearchRes():
                self._learn_sources(message, data, source, now, at_us)
            case kad.Aside():
                self._tally.count("kad unasked")

    def deadline(self, now: float) -> float | None:
        """When to call `to_send` again, if nothing comes in before; None: not before `start`."""
        while self._timeouts and self._timeouts[0][2].given_up_at != self._timeouts[0][0]:
            heappop(self._timeouts)
        deadlines = [self._timeouts[0][0]] if self._timeouts else []
        if self._booked:
            deadlines.append(self._booked[0][0])
        if self._left_alone:
            deadlines.append(now)
        if self._due:
            deadlines.append(self._budget.next_at(now))
        if self._waiting and not self._knows_nobody_yet() and self._has_room():
            deadlines.append(now)
        return min(deadlines, default=None)

    def result(self, lookup: KadLookup) -> KadResult:
        """Give who was heard of, each with every node that named it."""
        return KadResult(lookup.digest, lookup.asked, lookup.answered, by_address(lookup.told))

    # What happens at each step.

    def _begin(self, now: float) -> None:
        if not self._begun:
            self._begun = True
            self._bootstraps_left = len(self._bootstrap)
            for address in self._bootstrap:
                packet = kad.BootstrapReq().encode()
                self._book(Query(Question.BOOTSTRAP, packet, address, distance=0), now)

    def _has_room(self) -> bool:
        return len(self._running) < self._settings.lookups_at_once

    def _knows_nobody_yet(self) -> bool:
        """Whether somebody may yet tell us where to begin."""
        return bool(self._bootstraps_left) and not len(self.pool) and not self._contacts

    def _start_waiting(self, now: float) -> None:
        if self._knows_nobody_yet():
            return
        while self._waiting and self._has_room():
            lookup = self._waiting.popleft()
            nodes = self.pool.nearest(lookup.target, self._settings.reach.nodes.closest)
            if len(nodes) < self._settings.reach.nodes.closest:
                listed = sorted((number ^ lookup.target, at) for number, at in self._contacts)
                nodes += listed[: self._settings.reach.nodes.closest]
            lookup.start_from(nodes)
            self._running.add(lookup)
            self._advance(lookup, now)

    def _advance(self, lookup: KadLookup, now: float) -> None:
        for query in lookup.to_ask():
            self._book(query, now)
        if lookup.done and lookup in self._running:
            self._running.discard(lookup)
            self._ended.append(lookup)

    def _book(self, query: Query, now: float) -> None:
        due_at = self._paces[query.question].book(query.address[:4], now)
        if due_at <= now:
            self._due.append(query)
        elif due_at - now > self._settings.patience_s:
            self._left_alone.append(query)
        else:
            self._bookings += 1  # keeps those of one instant in order
            heappush(self._booked, (due_at, self._bookings, query))

    def _written(self, query: Query) -> bytes:
        query.obfuscated = query.obfuscated or query.address in self._insisting
        query.tried += 1
        if not query.obfuscated:
            query.sent = query.packet
            return query.sent
        chance = self._random.randbytes(3)
        target = query.lookup.target if query.lookup is not None else 0
        query.sent = ObfuscatedDatagram(
            query.packet,
            (query.distance ^ target).to_bytes(16, "big"),
            chance[:2],
            marker_from(chance[2], kad=True),
            self._verify_key(query.address),
        ).encode()
        return query.sent

    def _verify_key(self, address: bytes) -> bytes:
        """Our key for one address: it encrypts its answers with it. Never 0, which means none."""
        key = hashlib.blake2s(address[:4], key=self._secret, digest_size=4).digest()
        return key if any(key) else b"\1\0\0\0"

    def _opened(self, data: bytes, source: bytes) -> bytes:
        if not data or data[0] in PLAIN_MARKERS:
            return data
        return open_datagram(data, self._verify_key(source))

    def _await(self, query: Query, until: float) -> None:
        query.given_up_at = until
        self._timeout_count += 1
        heappush(self._timeouts, (until, self._timeout_count, query))

    def _answered(self, source: bytes, question: Question, target: bytes) -> Query | None:
        query = self._awaited.pop((source, question, target), None)
        if query is None:
            self._tally.count("kad unasked")
            return None
        query.given_up_at = ANSWERED
        self._tally.count("kad answers")
        if query.obfuscated and len(self._insisting) < INSISTING_LIMIT:
            self._insisting.add(source)
        return query

    def _learn_bootstrap(self, message: kad.BootstrapRes, source: bytes, now: float) -> None:
        self._bootstraps_left = max(0, self._bootstraps_left - 1)
        self.pool.answered(source, message.node_id, now)
        self._contacts += [
            (int.from_bytes(contact.node_id, "big"), contact.address)
            for contact in message.contacts
            if contact.version > 1
        ]

    def _learn_nodes(
        self, query: Query, message: kad.Kademlia2Res, source: bytes, now: float
    ) -> None:
        lookup = query.lookup
        assert lookup is not None
        self.pool.answered(source, (query.distance ^ lookup.target).to_bytes(16, "big"), now)
        lookup.learn_nodes(query, message.contacts)
        self._advance(lookup, now)

    def _learn_sources(
        self, message: kad.SearchRes, data: bytes, source: bytes, now: float, at_us: int
    ) -> None:
        query = self._awaited.get((source, Question.SOURCES, message.target))
        if query is None or query.lookup is None:
            self._tally.count("kad unasked")
            return
        if not query.replies:
            self._tally.count("kad answers")
        self._tally.count("kad sources", len(message.sources))
        query.lookup.learn_sources(query, message, self._telling(query, message, data, at_us))
        self._await(query, now + self._settings.search_quiet_s)

    def _telling(self, query: Query, message: kad.SearchRes, data: bytes, at_us: int) -> Telling:
        node = Endpoint.from_compact(query.address)
        frames = (
            Frame(Direction.SENT, query.asked_at_us, query.sent),
            Frame(Direction.RECEIVED, at_us, data),
        )
        hidden = query.obfuscated or data[0] not in PLAIN_MARKERS
        secret = self._verify_key(query.address) if hidden else b""
        transport = "udp+obfuscated" if hidden else "udp"
        transcript = Transcript(Purpose.INDEX, transport, self.own, str(node), frames, secret)
        return Telling(node, "kad", at_us, query.asked_at_us, transcript, message.node_id)

    def _give_up(self, now: float) -> None:
        while self._timeouts and self._timeouts[0][0] <= now:
            until, _, query = heappop(self._timeouts)
            if query.given_up_at != until:
                continue  # answered, or waited for longer
            self._awaited.pop((query.address, query.question, query.target), None)
            self._fail(query, now)
        while self._left_alone:
            self._tally.count("kad nodes left alone")
            self._fail(self._left_alone.pop(), now)

    def _fail(self, query: Query, now: float) -> None:
        """Deal with silence: of a search it is an answer; else try once more, obfuscated."""
        lookup = query.lookup
        if query.question is Question.SOURCES and lookup is not None:
            # A node that knows of no source says nothing (CIndexed::SendValidSourceResult), and a
            # datagram may be lost: silence is asked once more.
            if query.tried == 1 and not query.replies:
                self._book(query, now)
                return
            for more in lookup.end_search(query):
                self._book(more, now)
            self._advance(lookup, now)
        elif query.question is Question.NODES and lookup is not None:
            if query.tried == 1 and not query.obfuscated:
                query.obfuscated = True
                self._book(query, now)
                return
            if query.tried:
                self._tally.count("kad timeouts")
                self.pool.failed(query.address)
            lookup.fail(query)
            self._advance(lookup, now)
        elif 0 < query.tried < BOOTSTRAP_TRIES and not len(self.pool):
            self._book(query, now)
        else:
            self._tally.count("kad timeouts")
            self._bootstraps_left = max(0, self._bootstraps_left - 1)
