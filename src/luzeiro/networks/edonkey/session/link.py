"""One link to one client: our greeting, what it shares of one file, and of a file that nobody has.

Holds no socket and reads no clock. Asks by hash and says nothing else; closes at the header of a
part of a file that comes unasked. The control question, the same for a random hash, goes over the
same link, in an order that chance decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from luzeiro.networks.edonkey.session.statement import Statement
from luzeiro.networks.edonkey.wire import client
from luzeiro.networks.edonkey.wire.obfuscation import (
    ObfuscatedStream,
    ObfuscationRequest,
    marker_from,
)
from luzeiro.networks.edonkey.wire.packet import PacketStream
from luzeiro.networks.kit.errors import ContentSent, WireError
from luzeiro.networks.kit.frames import cut_received
from luzeiro.observations.exchange import Direction, Frame
from luzeiro.observations.grade import Control

CONTENT_SENT = "content sent unasked"
NO_WORD = "closed without a word"
SILENT = "silent"
MALFORMED = "malformed"
TOO_MUCH = "too much sent"
WITHHELD = "closed before it answered"

FRAMES_LIMIT = 2_000
SOURCES_LIMIT = 1_000  # told of over one link

_Answer: TypeAlias = client.FileName | client.FileStatus | client.FileReqAnsNoFil


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """How long a client is heard out, and how many at once."""

    connect_timeout_s: float = 8.0
    hello_timeout_s: float = 15.0
    answer_timeout_s: float = 10.0
    grace_s: float = 1.5  # after both answers: its AICH root, its key, the sources it tells of
    bytes_limit: int = 256 * 1024
    links_at_once: int = 400


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What one link asks, and how."""

    digest: bytes  # 16 bytes
    control: bytes  # 16 random bytes, which nobody can share
    user_hash: bytes | None = None  # of the peer; given where the link is to be obfuscated

    @property
    def transport(self) -> str:
        return "tcp" if self.user_hash is None else "tcp+obfuscated"

    @property
    def secret(self) -> bytes:
        """What decrypts the link again: the peer's user hash."""
        return self.user_hash or b""


@dataclass(frozen=True, slots=True)
class LinkChance:
    """The random bytes that one link uses, brought by the caller."""

    user_hash: bytes  # ours; always the same, since clients ban who changes it
    control_first: bool
    key_part: bytes
    marker: int
    padding: bytes
    challenge: bytes

    @classmethod
    def draw(cls, user_hash: bytes, randbytes: Callable[[int], bytes]) -> "LinkChance":
        chance = randbytes(11)
        return cls(
            user_hash,
            control_first=bool(chance[0] & 1),
            key_part=chance[1:5],
            marker=marker_from(chance[5], kad=False),
            padding=randbytes(chance[6] & 0x0F),
            challenge=chance[7:11],
        )


class ClientLink:
    """The state of one link, from the moment it is open.

    The caller sends what `opened` and `receive` give, calls `expire` at `deadline`, `closed` when
    the peer closes, and hangs up once `finished`. Then `statement`, `control`, `fault`, `sources`
    and `frames` tell what came of it.
    """

    __slots__ = (
        *("_asked_at", "_both_at", "_chance", "_control_refused", "_obfuscated", "_opened_at"),
        *("_received", "_settings", "_stream", "_to_send", "_utc_offset_s"),
        *("control", "doubts", "fault", "finished", "frames", "plan", "settled", "sources"),
        *("statement",),
    )

    def __init__(
        self, plan: LinkPlan, chance: LinkChance, settings: LinkSettings, utc_offset_s: float
    ) -> None:
        self.plan = plan
        self.fault: str | None = None
        self.finished = False
        self.statement: Statement | None = None  # from the greeting on
        self.control = Control.NOT_ASKED
        self.frames: list[Frame] = []
        self.doubts: list[str] = []
        self.sources: list[tuple[client.ExchangedSource, int]] = []  # with UTC microseconds
        self.settled = plan.user_hash is None  # obfuscation: the peer answered our request
        self._chance, self._settings, self._utc_offset_s = chance, settings, utc_offset_s
        self._stream = PacketStream(client.LIMITS)
        self._obfuscated = (
            ObfuscatedStream(
                ObfuscationRequest(plan.user_hash, chance.key_part, chance.marker, chance.padding)
            )
            if plan.user_hash is not None
            else None
        )
        self._received = 0
        self._to_send = b""
        self._opened_at = 0.0
        self._asked_at: float | None = None
        self._both_at: float | None = None  # when both questions were answered

    # What the driver calls.

    def opened(self, now: float) -> bytes:
        """Give the first bytes to send."""
        self._opened_at = now
        if self._obfuscated is not None:
            self._to_send = self._obfuscated.opening()
        else:
            self._greet()
        return self._sent(now)

    def receive(self, data: bytes, now: float) -> bytes:
        """Take what the peer sent; give what to send. Broken rules end the link with a fault."""
        if self.finished:
            return b""
        self._received += len(data)
        if self._received > self._settings.bytes_limit or len(self.frames) >= FRAMES_LIMIT:
            self._end(TOO_MUCH)  # what exceeds it is neither read nor kept
            return b""
        self.frames.append(Frame(Direction.RECEIVED, self._at_us(now), data))
        try:
            self._take(data, now)
            return self._sent(now)
        except ContentSent:
            cut_received(self.frames, self._stream.unread)
            self._end(CONTENT_SENT)
        except WireError as error:
            # What follows the fault has not been looked at, so it might be content.
            cut_received(self.frames, self._stream.unread)
            self.doubts.append(str(error))
            self._end(MALFORMED)
        return b""  # what we were about to say is not said, and so not recorded

    def closed(self, now: float) -> None:
        """Note that the peer closed the link, in the frames too: silence looks the same else."""
        if not self.finished:
            self.frames.append(Frame(Direction.RECEIVED, self._at_us(now), b""))
            self._end(self._why_unfinished(NO_WORD, WITHHELD))

    def expire(self, _now: float) -> None:
        """Note that the deadline passed: the peer was heard out, or never spoke."""
        if not self.finished:
            self._end(self._why_unfinished(SILENT, SILENT))

    def deadline(self) -> float:
        """When to call `expire`: seconds on the clock that brought `now`."""
        if self._asked_at is None:
            return self._opened_at + self._settings.hello_timeout_s
        if self._both_at is None:
            return self._asked_at + self._settings.answer_timeout_s
        return self._both_at + self._settings.grace_s

    # What happens inside.

    def _take(self, data: bytes, now: float) -> None:
        plain = data
        if self._obfuscated is not None:
            before = self.settled
            plain = self._obfuscated.receive(data)
            self.settled = self._obfuscated.settled
            if self.settled and not before:
                self._greet()
        for packet in self._stream.feed(plain):
            self._hear(client.decode(packet), now)

    def _greet(self) -> None:
        self._say(client.Hello(self._chance.user_hash).encode())

    def _hear(self, message: client.Message, now: float) -> None:
        match message:
            case client.HelloAnswer():
                self._hear_hello(message, now)
            case client.MultipacketAnswer():
                for answer in message.answers:
                    self._hear(answer, now)
            case client.AnswerSources():
                self._hear_sources(message, now)
            case client.FileName() | client.FileStatus() | client.FileReqAnsNoFil():
                self._hear_answer(message, now)
            case client.AichFileHash() if message.digest == self.plan.control:
                self.control = Control.ECHOES_ANYTHING
            case _ if self.statement is not None:
                self.statement.note(message)

    def _hear_hello(self, hello: client.HelloAnswer, now: float) -> None:
        if self.statement is not None:
            if hello.user_hash != self.statement.hello.user_hash:
                self.doubts.append("another user hash in the same link")
            return
        self.statement = Statement(hello, self._at_us(now))
        self._asked_at = now
        self.control = Control.UNANSWERED
        if not hello.is_emule:
            self._say(client.EmuleInfo().encode())
        if hello.secure_identification:
            self._say(client.SecIdentState(self._chance.challenge).encode())
        both = [self.plan.digest, self.plan.control]
        for digest in reversed(both) if self._chance.control_first else both:
            for question in (client.RequestFileName, client.SetReqFileId, client.AichFileHashReq):
                self._say(question(digest).encode())
        self._say(client.RequestSources(self.plan.digest).encode())

    def _hear_answer(self, answer: _Answer, now: float) -> None:
        refused = isinstance(answer, client.FileReqAnsNoFil)
        if answer.digest == self.plan.digest and self.statement is not None:
            self.statement.hear(answer, self._at_us(now))
        elif answer.digest == self.plan.control and self.control is not Control.ECHOES_ANYTHING:
            # Once claimed, it is claimed: a later refusal does not unsay it.
            self.control = Control.REFUSED if refused else Control.ECHOES_ANYTHING
        answered = self.statement is not None and self.statement.is_answered
        if answered and self.control is not Control.UNANSWERED and self._both_at is None:
            self._both_at = now

    def _hear_sources(self, message: client.AnswerSources, now: float) -> None:
        if message.digest == self.plan.control:
            self.control = Control.ECHOES_ANYTHING
        elif message.digest == self.plan.digest:
            room = SOURCES_LIMIT - len(self.sources)
            self.sources += [(source, self._at_us(now)) for source in message.sources[:room]]

    def _why_unfinished(self, no_word: str, unanswered: str) -> str | None:
        if self.statement is None:
            return no_word
        return None if self.statement.is_answered else unanswered

    def _say(self, plain: bytes) -> None:
        self._to_send += self._obfuscated.encrypt(plain) if self._obfuscated is not None else plain

    def _sent(self, now: float) -> bytes:
        """Give what is to be sent, as recorded."""
        data, self._to_send = self._to_send, b""
        if data:
            self.frames.append(Frame(Direction.SENT, self._at_us(now), data))
        return data

    def _at_us(self, now: float) -> int:
        return round((now + self._utc_offset_s) * 1_000_000)

    def _end(self, fault: str | None) -> None:
        self.fault, self.finished = fault, True
