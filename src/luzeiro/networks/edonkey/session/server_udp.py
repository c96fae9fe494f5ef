"""Many servers asked over UDP: several hashes in one datagram, seldom to one server.

Holds no socket and reads no clock. An answer counts if it comes from a server that was asked about
that hash and is still awaited.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from luzeiro.networks.edonkey.session.server import Found
from luzeiro.networks.edonkey.wire import server
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.pace import NodePace
from luzeiro.networks.kit.tally import Tally

DATAGRAM_EVERY_S = 20.0  # to one server


@dataclass(slots=True)
class _Asked:
    at_us: int
    question: bytes


class UdpServers:
    """Questions to all servers of a list. Addresses are compact, with the UDP port."""

    def __init__(self, servers: Iterable[bytes], tally: Tally) -> None:
        self._tally = tally
        self._waiting: dict[bytes, dict[bytes, int | None]] = {at: {} for at in servers}
        self._pace = NodePace(1 / DATAGRAM_EVERY_S, burst=2)
        self._due_at: dict[bytes, float] = {}
        self._asked: dict[tuple[bytes, bytes], _Asked] = {}  # server, hash
        self._found: dict[bytes, list[tuple[bytes, Found]]] = {}

    def ask(self, digest: bytes, size_bytes: int | None) -> None:
        """Have every server asked about a file as soon as it may be."""
        self._found[digest] = []
        for waiting in self._waiting.values():
            waiting[digest] = size_bytes

    def take(self, digest: bytes) -> list[tuple[bytes, Found]]:
        """Give the answers so far, each with its server, and wait for no more."""
        for waiting in self._waiting.values():
            waiting.pop(digest, None)
        for at in self._waiting:
            self._asked.pop((at, digest), None)
        return self._found.pop(digest, [])

    def to_send(self, now: float, at_us: int) -> list[tuple[bytes, bytes]]:
        """Give the datagrams due now, each with the server it goes to."""
        datagrams = []
        for at, waiting in self._waiting.items():
            if not waiting:
                continue
            if at not in self._due_at:
                self._due_at[at] = self._pace.book(at, now)
            if self._due_at[at] > now:
                continue
            del self._due_at[at]
            files = list(waiting.items())[: server.UDP_BATCH]
            question = server.GlobGetSources(files).encode()
            for digest, _ in files:
                del waiting[digest]
                self._asked[at, digest] = _Asked(at_us, question)
            datagrams.append((question, at))
        self._tally.count("server questions", len(datagrams))
        return datagrams

    def receive(self, data: bytes, source: bytes, at_us: int) -> None:
        """Learn from one datagram."""
        try:
            answers = server.decode_udp(data)
        except WireError:
            self._tally.count("server faults")
            return
        for answer in answers:
            asked = self._asked.pop((source, answer.digest), None)
            if asked is None or answer.digest not in self._found:
                self._tally.count("server answers unasked")
                continue
            self._tally.count("server answers")
            found = Found(answer.sources, asked.at_us, at_us, asked.question, data)
            self._found[answer.digest].append((source, found))
