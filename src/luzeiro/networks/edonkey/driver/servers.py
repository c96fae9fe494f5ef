"""Carries links and datagrams to eD2k servers. Decides nothing."""

import asyncio
import time
from collections.abc import Sequence
from typing import Self

from luzeiro.networks.edonkey.session.heard import Telling, ToldSource, from_server
from luzeiro.networks.edonkey.session.server import Found, ServerLink, ServerSettings
from luzeiro.networks.edonkey.session.server_udp import UdpServers
from luzeiro.networks.edonkey.wire.server import UDP_PORT_OFFSET
from luzeiro.networks.kit.driver.links import COUNTED, Carrier, LinkError, open_link
from luzeiro.networks.kit.driver.sockets import open_udp
from luzeiro.networks.kit.driver.udp import UdpSocket
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript

_RETRY_S = 120.0
_POLL_S = 0.05
_UDP_WAIT_S = 3.0
_LOGIN_WAIT_S = 5.0  # the first question waits so long for a log-in

Told = tuple[ToldSource, Telling]


class ServerDriver:
    """Logs in to the first few servers of a list, and asks the others by UDP."""

    def __init__(
        self,
        servers: Sequence[Endpoint],
        settings: ServerSettings,
        user_hash: bytes,
        tally: Tally,
        udp: UdpSocket | None,
        own: Endpoint | None,
    ) -> None:
        self._settings, self._user_hash, self._tally = settings, user_hash, tally
        self._own, self._udp = own, udp
        self._loop = asyncio.get_running_loop()
        self._opened_at = self._loop.time()
        self._links: dict[Endpoint, tuple[ServerLink, Carrier]] = {}
        self._tasks = [
            self._loop.create_task(self._stay_logged_in(one)) for one in servers[: settings.links]
        ]
        others = [one for one in servers[settings.links :] if one.is_v4]
        addresses = [Endpoint(one.packed, one.port + UDP_PORT_OFFSET).compact for one in others]
        self._udp_servers = UdpServers(addresses, tally) if udp is not None and others else None
        if udp is not None:
            self._loop.add_reader(udp.fileno(), self._on_readable)

    @classmethod
    async def open(
        cls,
        servers: Sequence[Endpoint],
        settings: ServerSettings,
        user_hash: bytes,
        tally: Tally,
        *,
        own: Endpoint | None,
    ) -> Self:
        """Open what is needed.

        Raises:
            BindError: our address cannot be used.
        """
        udp = None
        if len(servers) > settings.links:
            host = own.host if own is not None and own.is_v4 else "0.0.0.0"
            udp = open_udp(Endpoint.parse(host, 0))
        return cls(servers, settings, user_hash, tally, udp, own)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._udp is not None:
            self._loop.remove_reader(self._udp.fileno())
            self._udp.close()

    async def sources(self, digest: bytes, size_bytes: int | None) -> list[Told]:
        """Ask all servers that may be asked now who shares a file."""
        await self._until_logged_in()
        asking = [
            self._ask(server, link, carrier, digest, size_bytes)
            for server, (link, carrier) in list(self._links.items())
        ]
        if self._udp_servers is not None:
            asking.append(self._ask_by_udp(self._udp_servers, digest, size_bytes))
        return [told for all_told in await asyncio.gather(*asking) for told in all_told]

    async def _until_logged_in(self) -> None:
        """Wait for the first log-in of all; later questions take who is there."""
        ends_at = self._opened_at + _LOGIN_WAIT_S
        while self._tasks and self._loop.time() < ends_at:
            if any(link.client_id is not None for link, _ in self._links.values()):
                return
            await asyncio.sleep(_POLL_S)

    async def _ask(
        self,
        server: Endpoint,
        link: ServerLink,
        carrier: Carrier,
        digest: bytes,
        size_bytes: int | None,
    ) -> list[Told]:
        question = link.ask(digest, size_bytes, self._loop.time())
        if question is None:
            self._tally.count("server questions put off")
            return []
        self._tally.count("server questions")
        carrier.say(question)
        ends_at = self._loop.time() + self._settings.answer_timeout_s
        try:
            while self._loop.time() < ends_at and not link.finished:
                if (found := link.found(digest)) is not None:
                    self._tally.count("server answers")
                    return _told(found, server, str(carrier.own or ""), "tcp")
                await asyncio.sleep(_POLL_S)
        finally:
            link.give_up(digest)
        return []

    async def _ask_by_udp(
        self, servers: UdpServers, digest: bytes, size_bytes: int | None
    ) -> list[Told]:
        servers.ask(digest, size_bytes)
        ends_at = self._loop.time() + _UDP_WAIT_S
        answers = []
        try:
            while self._loop.time() < ends_at:
                self._send_datagrams(servers)
                await asyncio.sleep(_POLL_S)
        finally:
            answers = servers.take(digest)
        own = str(self._udp.own) if self._udp is not None else ""
        return [
            told
            for at, found in answers
            for told in _told(found, Endpoint.from_compact(at), own, "udp")
        ]

    def _send_datagrams(self, servers: UdpServers) -> None:
        assert self._udp is not None
        self._udp.send(servers.to_send(self._loop.time(), time.time_ns() // 1000))

    def _on_readable(self) -> None:
        assert self._udp is not None
        for data, source in self._udp.receive():
            if self._udp_servers is not None:
                self._udp_servers.receive(data, source, time.time_ns() // 1000)

    async def _stay_logged_in(self, server: Endpoint) -> None:
        while True:
            offset_s = time.time() - self._loop.time()
            link = ServerLink(self._user_hash, self._settings, offset_s)
            try:
                carrier = await open_link(
                    link, server, own=self._own, timeout_s=self._settings.connect_timeout_s
                )
            except LinkError as error:
                self._tally.count(COUNTED[error.fault])
            else:
                self._tally.count("server links")
                self._links[server] = link, carrier
                try:
                    await carrier.carry()
                finally:
                    del self._links[server]
                self._tally.count("server faults", int(link.fault is not None))
            await asyncio.sleep(_RETRY_S)


def _told(found: Found, server: Endpoint, own: str, transport: str) -> list[Told]:
    frames = (
        Frame(Direction.SENT, found.asked_at_us, found.question),
        Frame(Direction.RECEIVED, found.told_at_us, found.answer),
    )
    transcript = Transcript(Purpose.INDEX, transport, own, str(server), frames)
    telling = Telling(server, "server", found.told_at_us, found.asked_at_us, transcript)
    return [(from_server(source, server), telling) for source in found.sources]
