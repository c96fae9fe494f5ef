"""One link to one peer: our handshake, what the peer then says of itself, and an end.

Holds no socket and reads no clock. Sends no interest, asks for no piece, and closes at the header
of a piece that comes unasked.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from luzeiro.networks.bittorrent.session.metadata import MetadataFetch
from luzeiro.networks.bittorrent.session.pieces import PieceSet, Statement
from luzeiro.networks.bittorrent.wire import extension, mse, peerwire
from luzeiro.networks.kit.errors import ContentSent, WireError
from luzeiro.networks.kit.frames import cut_received
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Direction, Frame, Purpose
from luzeiro.observations.record import Bound

CONTENT_SENT = "content sent unasked"
NO_WORD = "closed without a word"
CUT_SHORT = "closed in mid-handshake"
SILENT = "silent"
OTHER_INFOHASH = "other infohash"
MALFORMED = "malformed"
TOO_MUCH = "too much sent"

HEARD_LIMIT = 1_000  # peers told of over one link
FRAMES_LIMIT = 20_000  # reads of one link: 16 MiB of metadata in the smallest packets
_STRANGER_BYTES = 1024  # kept of a link that never came to a handshake


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """How long a peer is heard out, and how many at once."""

    connect_timeout_s: float = 8.0
    handshake_timeout_s: float = 10.0
    grace_s: float = 1.0  # after a whole statement: its extensions, the peers it tells of
    dwell_s: float = 3.0  # after a bitfield of a part: some send the rest as single HAVEs
    dwell_none_s: float = 14.0  # without one: libtorrent's super-seeders wait 10 s to name a piece
    metadata_timeout_s: float = 20.0
    bytes_limit: int = 2**20  # received over one link, beside the metadata that we asked for
    links_at_once: int = 400


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What one link is for."""

    purpose: Purpose
    infohash: bytes  # 20 bytes
    encrypted: bool
    alternates: tuple[bytes, ...] = ()  # other infohashes of the same torrent (hybrids, BEP 52)
    piece_count: int | None = None
    want_metadata: bool = False
    v2: bool = False  # the infohash is a cut btmh (BEP 52)

    @property
    def transport(self) -> str:
        return "tcp+mse" if self.encrypted else "tcp"


@dataclass(frozen=True, slots=True)
class LinkChance:
    """The random bytes that one link uses, brought by the caller."""

    peer_id: bytes  # 20 bytes
    private_key: int = 0  # for message stream encryption, and so the pad
    pad: bytes = b""

    @classmethod
    def draw(cls, randbytes: Callable[[int], bytes], *, encrypted: bool) -> "LinkChance":
        if not encrypted:
            return cls(randbytes(20))
        key = int.from_bytes(randbytes(mse.PRIVATE_KEY_BYTES), "big") | 1
        return cls(randbytes(20), key, randbytes(randbytes(1)[0]))


class PeerLink:
    """The state of one link, from the moment it is open.

    The caller sends what `opened` and `receive` give, calls `expire` at `deadline`, `closed` when
    the peer closes, and hangs up once `finished`. Then `statement`, `fault`, `heard`, `metadata`
    and `frames` tell what came of it.
    """

    __slots__ = (
        *("_chance", "_extensions", "_fetch", "_head", "_mse", "_pieces", "_received", "_to_send"),
        *("_opened_at", "_settings", "_shaken_at", "_stated_at", "_stream", "_utc_offset_s"),
        *("_waited_for_at", "doubts", "fault", "finished", "frames", "handshake", "heard"),
        *("key_received", "metadata", "plan"),
    )

    def __init__(
        self, plan: LinkPlan, chance: LinkChance, settings: LinkSettings, utc_offset_s: float
    ) -> None:
        self.plan = plan
        self.fault: str | None = None
        self.finished = False
        self.handshake: peerwire.Handshake | None = None
        self.frames: list[Frame] = []
        self.heard: list[tuple[Endpoint, int]] = []  # peers told of, with UTC microseconds
        self.metadata: bytes | None = None
        self.doubts: list[str] = []
        self._chance, self._settings, self._utc_offset_s = chance, settings, utc_offset_s
        self._pieces = PieceSet(plan.piece_count)
        self._extensions: extension.PeerExtensions | None = None
        self._fetch: MetadataFetch | None = None
        self._mse: mse.Initiator | None = None
        self._stream = peerwire.Stream()
        self._head = bytearray()  # of the peer's handshake, until it is whole
        self._received = 0
        self._to_send = b""
        self._opened_at = self._shaken_at = self._stated_at = 0.0
        self._waited_for_at = 0.0  # since when we wait for what we now wait for
        self.key_received = False  # over MSE: the peer answered the key exchange

    # What the driver calls.

    def opened(self, now: float) -> bytes:
        """Give the first bytes to send."""
        self._opened_at = now
        ours = peerwire.Handshake(
            self.plan.infohash, self._chance.peer_id, peerwire.our_reserved(v2=self.plan.v2)
        ).encode()
        if self.plan.encrypted:
            self._mse = mse.Initiator(
                self.plan.infohash, self._chance.private_key, self._chance.pad, ours
            )
            ours = self._mse.opening()
        self._to_send = ours
        return self._sent(now)

    def receive(self, data: bytes, now: float) -> bytes:
        """Take what the peer sent; give what to send. Broken rules end the link with a fault."""
        if self.finished:
            return b""
        self._received += len(data)
        if self._received > self._bytes_limit() or len(self.frames) >= FRAMES_LIMIT:
            self._end(TOO_MUCH)  # what exceeds it is neither read nor kept
            return b""
        self._record(Direction.RECEIVED, data, now)
        try:
            self._take(data, now)
            return self._sent(now)
        except ContentSent:
            cut_received(self.frames, self._stream.unread)
            self._end(CONTENT_SENT)
        except WireError as error:
            # What follows the fault has not been looked at, so it might be content.
            strange = max(0, self._received - _STRANGER_BYTES) if self.handshake is None else 0
            cut_received(self.frames, strange or self._stream.unread)
            self.doubts.append(str(error))
            self._end(MALFORMED)
        return b""  # what we were about to say is not said, and so not recorded

    def closed(self, now: float) -> None:
        """Note that the peer closed the link, in the frames too: a refusal has no other trace."""
        if not self.finished:
            self._record(Direction.RECEIVED, b"", now)
            self._end(self._why_no_handshake(NO_WORD))

    def expire(self, _now: float) -> None:
        """Note that the deadline passed: the peer was heard out, or never spoke."""
        if not self.finished:
            self._end(self._why_no_handshake(SILENT))

    def deadline(self) -> float:
        """When to call `expire`: seconds on the clock that brought `now`."""
        if self.handshake is None:
            return self._opened_at + self._settings.handshake_timeout_s
        if self._fetch is not None and not self._fetch.over:
            return self._shaken_at + self._settings.metadata_timeout_s
        # Whoever keeps changing its word is heard out no longer than one that gives none.
        latest = self._shaken_at + self._settings.dwell_none_s + self._settings.dwell_s
        return min(self._waited_for_at + self._hear_out_s(), latest)

    def _bytes_limit(self) -> int:
        told = self._extensions
        asked_for = (told.metadata_size or 0) if told and self._fetch is not None else 0
        return self._settings.bytes_limit + asked_for

    def _hear_out_s(self) -> float:
        if self._pieces.complete:
            return self._settings.grace_s if self._more_to_hear else 0.0
        if self._pieces.bound is Bound.EXACT:
            return self._settings.dwell_s
        return self._settings.dwell_none_s

    @property
    def _more_to_hear(self) -> bool:
        """Whether a peer that has said all about pieces may yet name its client, or other peers."""
        if self.handshake is None or not self.handshake.has(peerwire.RESERVED_EXTENSION):
            return False
        told = self._extensions
        return told is None or (bool(told.numbers.get(b"ut_pex")) and not self.heard)

    # What came of it.

    @property
    def statement(self) -> Statement | None:
        """What the peer said of itself; None where it gave no handshake for this torrent."""
        if self.handshake is None or self.fault == OTHER_INFOHASH:
            return None
        told = self._extensions
        return Statement(
            stated_at_us=self._at_us(self._stated_at),
            peer_id=self.handshake.peer_id,
            reserved=self.handshake.reserved,
            bits=self._pieces.bits,
            said_all=self._pieces.said_all,
            bound=self._pieces.bound,
            client=told.client if told else None,
            upload_only=told.upload_only if told else None,
            listen_port=told.listen_port if told else None,
            metadata_size=told.metadata_size if told else None,
            encrypted=self.plan.encrypted,
        )

    @property
    def secret(self) -> bytes:
        """Our private key, with which anybody can decrypt the frames; empty for a plain link."""
        if not self.plan.encrypted:
            return b""
        return self._chance.private_key.to_bytes(mse.PRIVATE_KEY_BYTES, "big")

    # Inside.

    def _take(self, data: bytes, now: float) -> None:
        if self._mse is not None:
            self._to_send, data = self._mse.receive(data)
            self.key_received = self.key_received or bool(self._to_send)
        if self.handshake is None:
            self._head += data
            if len(self._head) < peerwire.HANDSHAKE_BYTES:
                return
            data = bytes(self._head[peerwire.HANDSHAKE_BYTES :])
            self._greet(bytes(self._head[: peerwire.HANDSHAKE_BYTES]), now)
            self._head.clear()
            if self.finished:
                cut_received(self.frames, len(data))
                return
        for message in self._stream.feed(data):
            self._hear(message, now)

    def _greet(self, head: bytes, now: float) -> None:
        """Read the peer's handshake; answer with what we listen to and that we hold nothing."""
        self.handshake = peerwire.decode_handshake(head)
        self._shaken_at = self._stated_at = self._waited_for_at = now
        if self.handshake.infohash not in (self.plan.infohash, *self.plan.alternates):
            self._end(OTHER_INFOHASH)
        elif self.plan.purpose is Purpose.CONTROL:
            self._end(None)  # it accepted what nobody can hold: all is said
        else:
            self._say(
                _greeting(
                    self.handshake.has(peerwire.RESERVED_FAST),
                    self.handshake.has(peerwire.RESERVED_EXTENSION),
                    self.plan.want_metadata,
                )
            )

    def _hear(self, message: peerwire.Message, now: float) -> None:
        if isinstance(message, peerwire.Extended):
            self._hear_extended(message, now)
            return
        waited_s = self._hear_out_s()
        if self._pieces.hear(message):
            self._stated_at = now
        if self._hear_out_s() < waited_s:
            self._waited_for_at = now

    def _hear_extended(self, message: peerwire.Extended, now: float) -> None:
        if message.extension == 0:
            said = extension.decode_handshake(message.payload)
            self._extensions = said.after(self._extensions) if self._extensions else said
            self._begin_metadata()
        elif message.extension == extension.OUR_PEX:
            told = extension.decode_pex(message.payload)
            room = HEARD_LIMIT - len(self.heard)
            self.heard += [(peer, self._at_us(now)) for peer in told.added[:room]]
        elif message.extension == extension.OUR_METADATA:
            self._hear_metadata(extension.decode_metadata(message.payload))

    def _hear_metadata(self, message: extension.MetadataMessage) -> None:
        if self._fetch is None or self._fetch.over:
            return
        self._say(self._fetch.receive(message))
        if self._fetch.metadata is not None:
            self._check_metadata(self._fetch.metadata)

    def _begin_metadata(self) -> None:
        told = self._extensions
        number = told.numbers.get(b"ut_metadata", 0) if told else 0
        if not (self.plan.want_metadata and told and told.metadata_size and number):
            return
        if self._fetch is None:
            self._fetch = MetadataFetch(number, told.metadata_size)
            self._say(self._fetch.first())

    def _check_metadata(self, metadata: bytes) -> None:
        """Keep metadata only if it is what the infohash names: SHA-1, or SHA-256 cut (BEP 52)."""
        digests = (
            hashlib.sha1(metadata, usedforsecurity=False).digest(),
            hashlib.sha256(metadata).digest()[:20],
        )
        if self.plan.infohash in digests or any(other in digests for other in self.plan.alternates):
            self.metadata = metadata
        else:
            self.doubts.append("metadata does not fit the infohash")

    def _why_no_handshake(self, otherwise: str) -> str | None:
        if self.handshake is not None:
            return None
        return CUT_SHORT if self._head else otherwise

    def _say(self, plain: bytes) -> None:
        self._to_send += self._mse.encrypt(plain) if self._mse is not None else plain

    def _sent(self, now: float) -> bytes:
        """Give what is to be sent, as recorded."""
        data, self._to_send = self._to_send, b""
        if data:
            self._record(Direction.SENT, data, now)
        return data

    def _record(self, direction: Direction, data: bytes, now: float) -> None:
        self.frames.append(Frame(direction, self._at_us(now), data))

    def _at_us(self, now: float) -> int:
        return round((now + self._utc_offset_s) * 1_000_000)

    def _end(self, fault: str | None) -> None:
        self.fault, self.finished = fault, True


@cache
def _greeting(fast: bool, extended: bool, wants_metadata: bool) -> bytes:
    """What follows the peer's handshake: that we hold nothing, and what we listen to."""
    ours = peerwire.HaveNone().encode() if fast else b""
    return ours + (extension.ExtensionHandshake(wants_metadata).encode() if extended else b"")
