"""Carries one TCP link at a time between a session and a socket. Decides nothing."""

import asyncio
import errno
import socket
from typing import Protocol, cast

from luzeiro.networks.kit.driver.timer import Timer
from luzeiro.observations.endpoint import V4_MAPPED, Endpoint

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
COUNTED = {
    REFUSED: "links refused",
    TIMED_OUT: "links timed out",
    UNREACHABLE: "links unreachable",
    NO_SOCKET: NO_SOCKET,
}


class LinkError(Exception):
    """A link could not be opened; `fault` says why, in a few words."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Link(Protocol):
    """The state of one link, which knows no socket and no clock."""

    finished: bool

    def opened(self, now: float) -> bytes: ...

    def receive(self, data: bytes, now: float) -> bytes: ...

    def closed(self, now: float) -> None: ...

    def expire(self, now: float) -> None: ...

    def deadline(self) -> float: ...


class Carrier(asyncio.Protocol):
    """Brings bytes to one link and takes its answers to the wire."""

    __slots__ = ("_link", "_loop", "_over", "_timer", "_transport", "own")

    def __init__(self, link: Link, loop: asyncio.AbstractEventLoop) -> None:
        self._link, self._loop = link, loop
        self._over: asyncio.Future[None] = loop.create_future()
        self._timer = Timer(loop, self._expire_or_watch)
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

    def say(self, data: bytes) -> None:
        """Send what the link gave outside of an answer, and look at its deadline again."""
        if data and self._transport is not None:
            self._transport.write(data)
        if not self._over.done():
            self._watch_deadline()

    def _watch_deadline(self) -> None:
        self._timer.by(self._link.deadline(), self._loop.time())

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


async def open_link(
    link: Link, remote: Endpoint, *, own: Endpoint | None, timeout_s: float
) -> Carrier:
    """Open a TCP link; the carrier that comes back is to be waited for (`carry`).

    Args:
        link: what is said and heard over it.
        remote: where the other side listens.
        own: the address to come from, where it is of the same family.
        timeout_s: for opening it.

    Raises:
        LinkError: it cannot be opened.
    """
    loop = asyncio.get_running_loop()
    carrier = Carrier(link, loop)
    local = (own.host, 0) if own is not None and own.is_v4 == remote.is_v4 else None
    try:
        async with asyncio.timeout(timeout_s):
            await loop.create_connection(
                lambda: carrier, _host(remote), remote.port, local_addr=local
            )
    except (OSError, TimeoutError) as error:
        raise LinkError(_fault(error)) from error
    return carrier


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
