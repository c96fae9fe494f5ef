"""One scrape of one tracker, over UDP or HTTP. Holds no socket, reads no clock, rolls no dice."""

from collections.abc import Callable, Sequence

from luzeiro.networks.bittorrent.wire import tracker
from luzeiro.networks.bittorrent.wire.tracker import Counts
from luzeiro.networks.kit.errors import WireError

FIRST_WAIT_S = 15.0  # BEP 15: 15 * 2 ^ n seconds
TRIES = 3  # BEP 15 goes on to 8, an hour; a count is not worth that
HTTP_LIMIT_BYTES = 1 << 20
_SPEC = "RFC 9112"


class UdpScrape:
    """Connect, then scrape; each is sent again when its time is over, at most `TRIES` times.

    A reply with another transaction id than the last one sent teaches nothing.
    """

    def __init__(
        self, infohashes: Sequence[bytes], randbytes: Callable[[int], bytes], first_wait_s: float
    ) -> None:
        if not 1 <= len(infohashes) <= tracker.UDP_LIMIT:
            raise ValueError(f"a UDP scrape asks for 1 to {tracker.UDP_LIMIT} torrents")
        self._infohashes, self._randbytes = tuple(infohashes), randbytes
        self._first_wait_s = first_wait_s
        self._connection: int | None = None
        self._tries, self._due_at = 0, 0.0
        self._transaction_id = b""
        self.counts: tuple[Counts, ...] | None = None
        self.fault: str | None = None

    @property
    def over(self) -> bool:
        return self.counts is not None or self.fault is not None

    def to_send(self, now: float) -> bytes:
        """Give the datagram that is due, or nothing."""
        if self.over or (self._tries and now < self._due_at):
            return b""
        if self._tries == TRIES:
            self.fault = "no answer"
            return b""
        self._due_at = now + self._first_wait_s * 2**self._tries
        self._tries += 1
        self._transaction_id = self._randbytes(4)
        if self._connection is None:
            return tracker.Connect(self._transaction_id).encode()
        return tracker.Scrape(self._connection, self._transaction_id, self._infohashes).encode()

    def receive(self, datagram: bytes) -> None:
        """Learn from a reply.

        Raises:
            WireError: not a reply of BEP 15.
        """
        reply = tracker.decode(datagram)
        if self.over or reply.transaction_id != self._transaction_id:
            return
        if isinstance(reply, tracker.TrackerRefused):
            self.fault = f"declined: {reply.message}"
        elif isinstance(reply, tracker.Connected) and self._connection is None:
            self._connection, self._tries, self._due_at = reply.connection_id, 0, 0.0
        elif isinstance(reply, tracker.Scraped) and self._connection is not None:
            self.counts = tracker.as_counts(self._infohashes, reply)

    def deadline(self) -> float:
        """When to call `to_send` again."""
        return self._due_at


def body_of(response: bytes) -> bytes:
    """Give the body of an HTTP response that ended with the connection.

    Raises:
        WireError: not HTTP, another status than 200, a bad or unmet length, or a bad chunk.
    """
    head, gap, body = response.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    status = lines[0].split(b" ", 2)
    if not gap or not status[0].startswith(b"HTTP/1.") or len(status) < 2:
        raise WireError("not an HTTP response", at=0, spec=_SPEC)
    if status[1] != b"200":
        raise WireError(f"status {status[1][:20]!r}", at=9, spec=_SPEC)
    fields = dict(_field(line) for line in lines[1:])
    if b"chunked" in fields.get(b"transfer-encoding", b"").lower():
        return _unchunked(body)
    length = fields.get(b"content-length")
    if length is None:
        return body
    if not (length.isdigit() and len(length) < 10) or int(length) > len(body):
        raise WireError(f"{len(body)} bytes of {length[:20]!r}", at=len(head) + 4, spec=_SPEC)
    return body[: int(length)]


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.strip().lower(), value.strip()


def _unchunked(body: bytes) -> bytes:
    parts, position = [], 0
    while True:
        end = body.find(b"\r\n", position, position + 20)
        size_text = body[position:end].split(b";")[0].strip() if end >= 0 else b""
        try:
            size = int(size_text, 16) if size_text.isalnum() else -1
        except ValueError:
            size = -1
        if size < 0 or end + 2 + size > len(body):
            raise WireError("a bad chunk", at=position, spec=_SPEC)
        if not size:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        position = end + 2 + size + 2
