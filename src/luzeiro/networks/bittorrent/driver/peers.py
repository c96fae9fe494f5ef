"""Carries links to peers: TCP, many at once, each to its deadline. Decides nothing."""

import asyncio
import errno
import socket
import time
from random import Random
from typing import cast

from luzeiro.networks.bittorrent.session import link as links
from luzeiro.networks.bittorrent.session.inquiry import Asking, Inquiry
from luzeiro.networks.bittorrent.session.link import LinkChance, LinkPlan, LinkSettings, PeerLink
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import V4_MAPPED, Endpoint
from luzeiro.observations.exchange import Purpose
from luzeiro.observations.grade import Control

REFUSED = "refused connection"
TIMED_OUT = "timed out"
UNREACHABLE = "unreachable"
NO_SOCKET = "no socket to spare"  # ours to mend: the peer was never asked
_FAULTS = {
    errno.ECONNREFUSED: REFUSED,
    errno.ECONNRESET: REFUSED,
    errno.ETIMEDOUT: TIMED_OUT,
    **dict.fromkeys((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.EADDRNOTAVAIL), NO_SOCKET),
}
_COUNTED = {
    REFUSED: "links refused",
    TIMED_OUT: "links timed out",
    UNREACHABLE: "links unreachable",
    NO_SOCKET: NO_SOCKET,
}


class _Carrier(asyncio.Protocol):
    """Brings bytes to one link and takes its answers to the wire."""

    __slots__ = ("_link", "_loop", "_over", "_timer", "_timer_at", "_transport", "own")

    def __init__(self, link: PeerLink, loop: asyncio.AbstractEventLoop) -> None:
        self._link, self._loop = link, loop
        self._over: asyncio.Future[None] = loop.create_future()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.own: Endpoint | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        name = transport.get_extra_info("sockname")
        self.own = _endpoint(name[0], name[1]) if name else None
        self._transport.write(self._link.opened(self._loop.time()))
        self._watch_deadline()

    def data_received(self, data: bytes) -> None:
        reply = self._link.receive(data, self._loop.time())
        if reply and self._transport is not None:
            self._transport.write(reply)
        self._hang_up_if_finished()
        if not self._over.done():
            self._expire_or_watch()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - any loss is a close
        self._link.closed(self._loop.time())
        self._stop()

    def _watch_deadline(self) -> None:
        """Set the timer, unless it is set for an instant no later: then it looks again itself."""
        deadline = self._link.deadline()
        if self._timer is not None:
            if self._timer_at <= deadline:
                return
            self._timer.cancel()
        self._timer, self._timer_at = self._loop.call_at(deadline, self._expire), deadline

    def _expire(self) -> None:
        self._timer = None
        self._expire_or_watch()

    def _expire_or_watch(self) -> None:
        now = self._loop.time()
        if self._link.deadline() > now:
            self._watch_deadline()
            return
        self._link.expire(now)
        self._hang_up_if_finished()

    def _hang_up_if_finished(self) -> None:
        if not self._link.finished:
            return
        if self._transport is not None:
            self._transport.abort()  # at once: whatever is still on its way is dropped unread
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._over.done():
            self._over.set_result(None)

    async def carry(self) -> None:
        """Wait until the link is over; if cancelled, hang up."""
        try:
            await self._over
        finally:
            if self._transport is not None:
                self._transport.abort()
            self._stop()


class PeerDriver:
    """Asks peers, at most `settings.links_at_once` links open at a time."""

    def __init__(
        self, settings: LinkSettings, random: Random, tally: Tally, *, own: Endpoint | None = None
    ) -> None:
        self._settings, self._random, self._tally, self._own = settings, random, tally, own
        self._slots = asyncio.Semaphore(settings.links_at_once)
        self._utc_offset_s = time.time() - asyncio.get_running_loop().time()

    async def close(self) -> None:
        """Nothing stays open between inquiries."""

    async def inquire(
        self,
        remote: Endpoint,
        infohash: bytes,
        *,
        alternates: tuple[bytes, ...] = (),
        piece_count: int | None = None,
        want_metadata: bool = False,
        v2: bool = False,
    ) -> Inquiry:
        """Ask one peer about one torrent, then the control question if it answered.

        Args:
            remote: where the peer listens.
            infohash: 20 bytes, as the wire carries it.
            alternates: other infohashes of the same torrent, which a hybrid's peer may echo.
            piece_count: of the torrent, where a checked map gives it.
            want_metadata: ask for the info dictionary (BEP 9), to learn the map.
            v2: the infohash is a btmh, cut to 20 bytes.
        """
        first = LinkPlan(
            Purpose.STATEMENT,
            infohash,
            encrypted=False,
            alternates=alternates,
            piece_count=piece_count,
            want_metadata=want_metadata,
            v2=v2,
        )
        asking = Asking(remote, first, self._random.randbytes(20))
        started_at_us = time.time_ns() // 1000
        while (plan := asking.next_plan()) is not None:
            async with self._slots:
                await self.carry(asking, plan)
        inquiry = asking.result(started_at_us)
        self._count(inquiry)
        return inquiry

    async def carry(self, asking: Asking, plan: LinkPlan) -> None:
        """Open the link that `plan` describes, if that is possible, and see it to its end."""
        loop = asyncio.get_running_loop()
        remote = asking.remote
        chance = LinkChance.draw(self._random.randbytes, encrypted=plan.encrypted)
        link = PeerLink(plan, chance, self._settings, self._offset(loop))
        carrier = _Carrier(link, loop)
        try:
            async with asyncio.timeout(self._settings.connect_timeout_s):
                await loop.create_connection(
                    lambda: carrier, _host(remote), remote.port, local_addr=self._local(remote)
                )
        except (OSError, TimeoutError) as error:
            fault = _fault(error)
            self._tally.count(_COUNTED[fault])
            asking.not_opened(plan, fault)
            return
        self._tally.count("mse links" if plan.encrypted else "links opened")
        await carrier.carry()
        asking.ended(link, carrier.own or remote)

    def _offset(self, loop: asyncio.AbstractEventLoop) -> float:
        # Taken for each link: the wall clock may be set while we run, the loop's never is.
        self._utc_offset_s = time.time() - loop.time()
        return self._utc_offset_s

    def _local(self, remote: Endpoint) -> tuple[str, int] | None:
        if self._own is None or self._own.is_v4 != remote.is_v4:
            return None
        return self._own.host, 0

    def _count(self, inquiry: Inquiry) -> None:
        count = self._tally.count
        if inquiry.statement is not None:
            count("handshakes")
            count("statements", int(inquiry.statement.holds_some))
        if inquiry.control is Control.ECHOES_ANYTHING:
            count("echoes anything")
        count("pex peers", len(inquiry.heard))
        if inquiry.fault in _LINK_FAULTS:
            count(inquiry.fault)


_LINK_FAULTS = (
    links.CONTENT_SENT,
    links.CUT_SHORT,
    links.MALFORMED,
    links.NO_WORD,
    links.OTHER_INFOHASH,
    links.SILENT,
    links.TOO_MUCH,
)


def _fault(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        return _FAULTS.get(error.errno, UNREACHABLE)
    return TIMED_OUT if isinstance(error, TimeoutError) else UNREACHABLE


# The system's own way between text and bytes: a link's cost is counted in microseconds.


def _host(endpoint: Endpoint) -> str:
    if endpoint.is_v4:
        return socket.inet_ntop(socket.AF_INET, endpoint.packed[12:])
    return socket.inet_ntop(socket.AF_INET6, endpoint.packed)


def _endpoint(host: str, port: int) -> Endpoint:
    if ":" not in host:
        return Endpoint(V4_MAPPED + socket.inet_pton(socket.AF_INET, host), port)
    return Endpoint(socket.inet_pton(socket.AF_INET6, host.partition("%")[0]), port)
