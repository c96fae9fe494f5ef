"""One link to one eD2k server: a log-in that shares nothing, then questions by hash.

Holds no socket and reads no clock. Asks as seldom as aMule does: servers keep an account of it.
"""

from dataclasses import dataclass, field

from luzeiro.networks.edonkey.wire import server
from luzeiro.networks.edonkey.wire.packet import EDONKEY, EMULE, Packet, PacketStream
from luzeiro.networks.kit.budgets import RateBudget
from luzeiro.networks.kit.errors import WireError

REJECTED = "server rejected the log-in"
NO_ID = "server gave no id"
CLOSED = "server closed the link"
BROKEN = "server broke the protocol"
TOO_MUCH = "server sent too much"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How servers are asked. aMule: 15 questions in a frame, then 20 s for each of them."""

    connect_timeout_s: float = 10.0
    login_timeout_s: float = 20.0
    answer_timeout_s: float = 5.0
    question_every_s: float = 20.0
    questions_at_once: int = server.TCP_BATCH
    links: int = 2  # servers that we log in to; the others are asked by UDP
    idle_s: float = 1800.0  # without a word from the server
    bytes_limit: int = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Found:
    """A server's answer to a question of ours, with the bytes of both. UTC microseconds."""

    sources: tuple[server.ServerSource, ...]
    asked_at_us: int
    told_at_us: int
    question: bytes
    answer: bytes


@dataclass(slots=True)
class _Asked:
    at_us: int
    question: bytes


@dataclass(slots=True)
class ServerLink:
    """The state of one link. What comes of questions is fetched with `found`."""

    user_hash: bytes
    settings: ServerSettings
    utc_offset_s: float
    finished: bool = False
    fault: str | None = None
    client_id: int | None = None  # given by the server: we are logged in
    flags: int = 0
    message: bytes = b""  # the server's last words for people
    _stream: PacketStream = field(default_factory=lambda: PacketStream(server.LIMITS))
    _asked: dict[bytes, _Asked] = field(default_factory=dict)
    _found: dict[bytes, Found] = field(default_factory=dict)
    _received: int = 0
    _opened_at: float = 0.0
    _heard_at: float = 0.0
    _budget: RateBudget = field(init=False)

    def __post_init__(self) -> None:
        rate = 1 / self.settings.question_every_s
        self._budget = RateBudget(rate, burst=self.settings.questions_at_once)

    # What the driver calls.

    def opened(self, now: float) -> bytes:
        """Give the first bytes to send."""
        self._opened_at = self._heard_at = now
        return server.LoginRequest(self.user_hash).encode()

    def ask(self, digest: bytes, size_bytes: int | None, now: float) -> bytes | None:
        """Give the question to send; None where the server may not be asked now."""
        if self.finished or self.client_id is None or digest in self._asked:
            return None
        if not self._budget.take(now):
            return None
        hashes = bool(self.flags & server.TCP_OBFUSCATION)
        question = server.GetSources(digest, size_bytes, hashes).encode()
        self._asked[digest] = _Asked(self._at_us(now), question)
        return question

    def found(self, digest: bytes) -> Found | None:
        """Give the answer once it is there, and forget it."""
        return self._found.pop(digest, None)

    def give_up(self, digest: bytes) -> None:
        """Wait for an answer no longer: a server that knows of nobody may say nothing."""
        self._asked.pop(digest, None)
        self._found.pop(digest, None)

    def receive(self, data: bytes, now: float) -> bytes:
        """Take what the server sent. We answer nothing of it."""
        self._received += len(data)
        self._heard_at = now
        if self._received > self.settings.bytes_limit:
            self._end(TOO_MUCH)
            return b""
        try:
            for packet in self._stream.feed(data):
                self._hear(packet, now)
        except WireError:
            self._end(BROKEN)
        return b""

    def closed(self, _now: float) -> None:
        if not self.finished:
            self._end(CLOSED)

    def expire(self, _now: float) -> None:
        if not self.finished:
            self._end(NO_ID if self.client_id is None else None)

    def deadline(self) -> float:
        if self.client_id is None:
            return self._opened_at + self.settings.login_timeout_s
        return self._heard_at + self.settings.idle_s

    # What happens inside.

    def _hear(self, packet: Packet, now: float) -> None:
        if packet.protocol not in (EDONKEY, EMULE):
            return
        message = server.decode(packet)
        match message:
            case server.IdChange():
                self.client_id, self.flags = message.client_id, message.flags
            case server.FoundSources():
                asked = self._asked.pop(message.digest, None)
                if asked is not None:
                    self._found[message.digest] = Found(
                        message.sources, asked.at_us, self._at_us(now), asked.question, packet.raw
                    )
            case server.ServerMessage():
                self.message = message.words
            case server.Reject():
                self._end(REJECTED)

    def _at_us(self, now: float) -> int:
        return round((now + self.utc_offset_s) * 1_000_000)

    def _end(self, fault: str | None) -> None:
        self.fault, self.finished = fault, True
