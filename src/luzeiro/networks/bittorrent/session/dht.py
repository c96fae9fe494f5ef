"""Many lookups at once, over one socket an address family: the DHT client, without its sockets.

A read-only node (BEP 43): it asks, and answers nobody. An answer counts only if it comes from the
very node that was asked, under the transaction id it was asked with, in time. Whatever else comes
in teaches nothing and is counted.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf
from random import Random

from luzeiro.networks.bittorrent.session.lookup import TRANSACTION_ID_SIZE, Lookup, Query
from luzeiro.networks.bittorrent.session.silence import SilentNodes
from luzeiro.networks.bittorrent.wire import krpc
from luzeiro.networks.kit.budgets import RateBudget
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.frontier import UNKNOWN_DISTANCE, Reach
from luzeiro.networks.kit.nodes import NodePool
from luzeiro.networks.kit.pace import NodePace
from luzeiro.networks.kit.tally import Tally

LATE_KEPT = 10_000  # queries given up, whose late answers are told from unasked ones
ANSWERED = 0.0  # in place of the instant at which a query is given up
COLD_LOOKUPS = 4  # at once while we know of no node that speaks: do not flood the bootstrap nodes
LOOKUPS_PER_NODE = 64  # at once, for each node known


@dataclass(frozen=True, slots=True)
class DhtSettings:
    """How far and how fast we ask."""

    reach: Reach = field(default_factory=Reach)
    reply_timeout_s: float = 2.0
    queries_per_s: float = 200.0  # in all
    queries_burst: int = 100
    node_queries_per_s: float = 4.0  # libtorrent's nodes serve this without end, and not 8
    node_burst: int = 4
    lookups_at_once: int = 2_000


class DhtClient:
    """Runs lookups. Holds no socket, reads no clock, rolls no dice of its own.

    Times are seconds of any monotonic origin; `at_us` is UTC, in microseconds. Addresses are
    compact: 6 bytes for IPv4, 18 for IPv6. `random` gives the transaction ids, which keep
    strangers from answering for others: SystemRandom, outside of tests.
    """

    def __init__(
        self,
        bootstrap: Iterable[bytes],
        *,
        us: bytes,
        families: tuple[int, ...] = (6,),
        settings: DhtSettings,
        random: Random,
        tally: Tally,
    ) -> None:
        """`us` is our node id; `families` the sizes of the addresses that we can send to."""
        known = dict.fromkeys(bootstrap)
        self._bootstrap = {size: [a for a in known if len(a) == size] for size in families}
        self.pools = {size: NodePool() for size in families}
        self._us, self._families, self._settings = us, families, settings
        self._tally = tally
        self._answers = 0  # not in the tally yet
        self._pace = NodePace(settings.node_queries_per_s, settings.node_burst)
        self._budget = RateBudget(settings.queries_per_s, settings.queries_burst)
        self._silent = SilentNodes()
        self._answered_at = -inf  # when anybody last answered
        self._waiting: deque[Lookup] = deque()
        self._running: set[Lookup] = set()
        self._ended: list[Lookup] = []
        self._due: deque[Query] = deque()  # may be sent as soon as the budget in all allows
        self._booked: list[tuple[float, int, Query]] = []  # a heap: when the node may be asked
        self._bookings = 0
        self._transaction_ids = _transaction_ids(random)
        self._awaited: dict[bytes, Query] = {}
        self._sent: deque[Query] = deque()  # in the order in which they are given up
        self._given_up: OrderedDict[bytes, bytes] = OrderedDict()  # transaction id → address

    def start(self, infohash: bytes) -> Lookup:
        """Begin a lookup, or let it wait its turn; `ended` gives it back."""
        lookup = Lookup(
            infohash, us=self._us, reach=self._settings.reach, address_sizes=self._families
        )
        self._waiting.append(lookup)
        return lookup

    def ended(self) -> list[Lookup]:
        """Give the lookups that have ended since the last call."""
        ended, self._ended = self._ended, []
        return ended

    def abandon(self, lookup: Lookup) -> None:
        """Let go of a lookup whose result nobody wants any more."""
        lookup.stop()
        if lookup in self._waiting:
            self._waiting.remove(lookup)

    def to_send(self, now: float, at_us: int) -> list[tuple[bytes, bytes]]:
        """Give the datagrams due now, each with the address it goes to."""
        self._give_up(now)
        self._start_waiting(now)
        while self._booked and self._booked[0][0] <= now:
            self._due.append(heappop(self._booked)[2])
        datagrams: list[tuple[bytes, bytes]] = []
        given_up_at = now + self._settings.reply_timeout_s
        while self._due and self._budget.take(now):
            query = self._due.popleft()
            tid = next(self._transaction_ids)
            while tid in self._awaited:
                tid = next(self._transaction_ids)
            query.transaction_id = tid
            query.asked_at_us = at_us
            query.given_up_at = given_up_at
            self._awaited[tid] = query
            self._sent.append(query)
            datagrams.append((query.lookup.datagram(tid), query.address))
        self._tally.count("dht queries", len(datagrams))
        self._tally.count("dht answers", self._answers)  # summed up: adding one by one is slow
        self._answers = 0
        return datagrams

    def receive(self, data: bytes, source: bytes, now: float, at_us: int) -> None:
        """Learn from one datagram."""
        try:
            message = krpc.decode(data)
        except WireError:
            self._tally.count("dht malformed")
            return
        query = self._awaited.get(message.transaction_id)
        if query is None or query.address != source or isinstance(message, krpc.AskedOfUs):
            self._stray(message, source)
            return
        del self._awaited[message.transaction_id]
        query.given_up_at = ANSWERED
        self._silent.spoke(source)
        self._answered_at = now
        lookup = query.lookup
        if isinstance(message, krpc.PeersFound):
            self._answers += 1
            self.pools[len(source)].answered(source, message.node_id, now)
            lookup.learn(query, message, data, at_us)
        else:
            self._tally.count("dht errors")
            self._fail(query)
        self._advance(lookup, now)

    def deadline(self, now: float) -> float | None:
        """When to call `to_send` again, if nothing comes in before; None: not before `start`."""
        while self._sent and self._sent[0].given_up_at == ANSWERED:
            self._sent.popleft()
        deadlines = [self._sent[0].given_up_at] if self._sent else []
        if self._booked:
            deadlines.append(self._booked[0][0])
        if self._due:
            deadlines.append(self._budget.next_at(now))
        if self._waiting and len(self._running) < self._room():
            deadlines.append(now)
        return min(deadlines, default=None)

    def _room(self) -> int:
        known = sum(map(len, self.pools.values()))
        return min(self._settings.lookups_at_once, COLD_LOOKUPS + LOOKUPS_PER_NODE * known)

    def _start_waiting(self, now: float) -> None:
        while self._waiting and len(self._running) < self._room():
            lookup = self._waiting.popleft()
            for size, pool in self.pools.items():
                nodes = pool.nearest(lookup.target, self._settings.reach.closest)
                if len(nodes) < self._settings.reach.closest:
                    nodes += [(UNKNOWN_DISTANCE, address) for address in self._bootstrap[size]]
                lookup.start_from(nodes, size)
            self._running.add(lookup)
            self._advance(lookup, now)

    def _advance(self, lookup: Lookup, now: float) -> None:
        to_ask = deque(lookup.to_ask())
        while to_ask:
            query = to_ask.popleft()
            if self._silent.rests(query.address, now):
                self._tally.count("dht silent nodes left out")
                lookup.leave_out(query)
                to_ask += lookup.to_ask()
                continue
            due_at = self._pace.book(query.address, now)
            if due_at <= now:
                self._due.append(query)
            else:
                self._bookings += 1  # keeps those of one instant in order
                heappush(self._booked, (due_at, self._bookings, query))
        if lookup.done:
            self._running.discard(lookup)
            self._ended.append(lookup)

    def _give_up(self, now: float) -> None:
        while self._sent and self._sent[0].given_up_at <= now:
            query = self._sent.popleft()
            if query.given_up_at == ANSWERED:
                continue
            del self._awaited[query.transaction_id]
            self._given_up[query.transaction_id] = query.address
            if len(self._given_up) > LATE_KEPT:
                self._given_up.popitem(last=False)
            self._tally.count("dht timeouts")
            sent_at = query.given_up_at - self._settings.reply_timeout_s
            if self._answered_at >= sent_at:  # others did answer: it is not our own link
                self._silent.was_silent(query.address, now)
            self._fail(query)
            self._advance(query.lookup, now)

    def _fail(self, query: Query) -> None:
        self.pools[len(query.address)].failed(query.address)
        query.lookup.fail(query)

    def _stray(self, message: krpc.Message, source: bytes) -> None:
        late = self._given_up.get(message.transaction_id) == source
        if late and not isinstance(message, krpc.AskedOfUs):
            del self._given_up[message.transaction_id]
            self._tally.count("dht late")
        else:
            self._tally.count("dht unasked")


def _transaction_ids(random: Random) -> Iterator[bytes]:
    while True:
        block = random.randbytes(1024 * TRANSACTION_ID_SIZE)
        for at in range(0, len(block), TRANSACTION_ID_SIZE):
            yield block[at : at + TRANSACTION_ID_SIZE]
