"""A scrape of one tracker over UDP (BEP 15). Holds no socket, reads no clock, rolls no dice."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from luzeiro.networks.bittorrent.wire import tracker
from luzeiro.networks.bittorrent.wire.tracker import (
    Connect,
    ConnectResponse,
    Counts,
    ErrorResponse,
    Scrape,
    ScrapeResponse,
)
from luzeiro.networks.kit.budgets import RateBudget
from luzeiro.networks.kit.errors import WireError

FIRST_WAIT_S = 15.0  # BEP 15: sent again after 15 * 2 ^ n seconds
MOST_DOUBLINGS = 8  # BEP 15: n goes up to 8
CONNECTION_GOOD_S = 60.0  # BEP 15: a connection id is used for a minute
TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True)
class ScrapeCounts:
    """What a tracker told about one torrent, and when. It says nothing about any person."""

    infohash: bytes  # 20 bytes
    seeders: int
    completed: int  # downloads ever finished
    leechers: int
    told_at_us: int  # UTC, microseconds

    @classmethod
    def of(cls, infohash: bytes, told: Counts, at_us: int) -> "ScrapeCounts":
        return cls(infohash, told.seeders, told.completed, told.leechers, at_us)


def malformed(error: WireError) -> str:
    """How a tracker that broke its protocol is told to people."""
    return f"malformed: {error}"


def declined(why: str) -> str:
    """How a tracker that said no is told to people."""
    return f"declined: {why}"


def in_batches(infohashes: Sequence[bytes], most: int) -> Iterator[tuple[bytes, ...]]:
    """Cut what is to be asked into questions of at most `most` torrents."""
    return (tuple(infohashes[at : at + most]) for at in range(0, len(infohashes), most))


class UdpScrape:
    """Connects, then asks for one batch of torrents after the other, until all are told of.

    One question is open at a time; it is sent again when its time is over, and given up after
    `patience_s`. Only a reply under its transaction id teaches anything, so that a stranger would
    have to guess 32 bits.
    """

    def __init__(
        self,
        infohashes: Sequence[bytes],
        told: list[ScrapeCounts],
        *,
        random: Random,
        budget: RateBudget,
        patience_s: float,
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        """Add to `told`. `random`: SystemRandom outside of tests; `patience_s`: for one answer."""
        self._told = told
        self.fault: str | None = None
        self._waiting = deque(in_batches(infohashes, tracker.UDP_LIMIT))
        self._random, self._budget = random, budget
        self._patience_s, self._first_wait_s = patience_s, first_wait_s
        self._connection_id: int | None = None
        self._good_until = 0.0
        self._transaction_id = b""  # of the open question; empty: none is open
        self._sent = 0  # how often something was sent since the last answer
        self._silent_since = self._due_at = 0.0

    @property
    def over(self) -> bool:
        return self.fault is not None or not self._waiting

    def to_send(self, now: float) -> bytes:
        """Give the datagram that is due, or nothing."""
        if self.over or (self._due_at and now < self._due_at):
            return b""
        if self._sent and now >= self._silent_since + self._patience_s:
            self.fault = TIMED_OUT
            return b""
        if not self._budget.take(now):
            self._due_at = self._budget.next_at(now)
            return b""
        if not self._sent:
            self._silent_since = now
        wait_s = self._first_wait_s * 2 ** min(self._sent, MOST_DOUBLINGS)
        self._due_at = min(now + wait_s, self._silent_since + self._patience_s)
        self._sent += 1
        return self._question(now)

    def deadline(self) -> float:
        """When to call `to_send` again."""
        return self._due_at

    def receive(self, datagram: bytes, now: float, at_us: int) -> None:
        """Learn from a datagram; `at_us` is when it came (UTC, microseconds)."""
        if self.over or not self._transaction_id or datagram[4:8] != self._transaction_id:
            return
        try:
            self._learn(tracker.decode(datagram), now, at_us)
        except WireError as error:
            self.fault = malformed(error)

    def _question(self, now: float) -> bytes:
        if self._connection_id is not None and now >= self._good_until:
            self._connection_id, self._transaction_id = None, b""
        # The same question keeps its id: a slow answer to its first sending still counts.
        self._transaction_id = self._transaction_id or self._random.randbytes(4)
        if self._connection_id is None:
            return Connect(self._transaction_id).encode()
        return Scrape(self._connection_id, self._transaction_id, self._waiting[0]).encode()

    def _learn(self, reply: tracker.Response, now: float, at_us: int) -> None:
        if isinstance(reply, ErrorResponse):
            self.fault = declined(reply.message)
        elif isinstance(reply, ConnectResponse) and self._connection_id is None:
            self._connection_id, self._good_until = reply.connection_id, now + CONNECTION_GOOD_S
            self._next_question()
        elif isinstance(reply, ScrapeResponse) and self._connection_id is not None:
            self._take(reply, at_us)
            self._next_question()
        else:
            raise WireError("an answer to another question", at=0, spec="BEP 15")

    def _take(self, reply: ScrapeResponse, at_us: int) -> None:
        asked = self._waiting[0]
        if len(reply.counts) < len(asked):
            what = f"{len(reply.counts)} counts for {len(asked)} torrents"
            raise WireError(what, at=8, spec="BEP 15")
        self._waiting.popleft()
        pairs = zip(asked, reply.counts, strict=False)  # what follows is an extension's
        self._told += [ScrapeCounts.of(infohash, told, at_us) for infohash, told in pairs]

    def _next_question(self) -> None:
        self._transaction_id, self._sent, self._due_at = b"", 0, 0.0
