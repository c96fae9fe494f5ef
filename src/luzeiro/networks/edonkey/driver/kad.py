"""Carries the Kad client's datagrams over a real socket. Decides nothing."""

import asyncio
import time
from collections.abc import Iterable
from random import Random
from typing import Self

from luzeiro.networks.edonkey.session.kad import KadClient, KadResult, KadSettings
from luzeiro.networks.edonkey.session.lookup import KadLookup
from luzeiro.networks.edonkey.wire.kad import Contact
from luzeiro.networks.kit.driver.sockets import open_udp
from luzeiro.networks.kit.driver.timer import Timer
from luzeiro.networks.kit.driver.udp import UdpSocket
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint


class KadDriver:
    """Lookups in Kad from our own UDP port. Made by `open`, ended by `close`."""

    def __init__(self, udp: UdpSocket, client: KadClient, tally: Tally) -> None:
        self._udp, self._client, self._tally = udp, client, tally
        client.own = str(udp.own)
        self._loop = asyncio.get_running_loop()
        self._futures: dict[KadLookup, asyncio.Future[KadResult]] = {}
        self._timer = Timer(self._loop, self._pump)
        self._closed = False
        self._loop.add_reader(udp.fileno(), self._on_readable)

    @classmethod
    async def open(
        cls,
        own: Endpoint,
        bootstrap: Iterable[Endpoint],
        contacts: Iterable[Contact],
        settings: KadSettings,
        random: Random,
        tally: Tally,
    ) -> Self:
        """Open the socket. `random` must be unguessable (SystemRandom) outside of tests.

        Raises:
            BindError: the port is taken, or the address is not this machine's.
        """
        udp = open_udp(own)
        addresses = [node.compact for node in bootstrap if node.is_v4]
        client = KadClient(addresses, contacts, settings=settings, random=random, tally=tally)
        return cls(udp, client, tally)

    @property
    def own(self) -> Endpoint:
        """The endpoint that we ask from."""
        return self._udp.own

    async def lookup(self, digest: bytes, size_bytes: int | None) -> KadResult:
        """Find who is said to share a file. `answered` 0: nobody spoke to us."""
        lookup = self._client.start(digest, size_bytes)
        future: asyncio.Future[KadResult] = self._loop.create_future()
        self._futures[lookup] = future
        self._loop.call_soon(self._pump)
        try:
            return await future
        finally:
            if self._futures.pop(lookup, None) is not None:
                self._client.abandon(lookup)

    def known_nodes(self) -> list[Endpoint]:
        """Give the nodes that answered, the latest first: to begin with in the next run."""
        return [Endpoint.from_compact(node) for node in self._client.pool.addresses()]

    async def close(self) -> None:
        """Close the socket and cancel the lookups under way."""
        self._closed = True
        self._timer.cancel()
        self._loop.remove_reader(self._udp.fileno())
        self._udp.close()
        for future in list(self._futures.values()):
            future.cancel()

    def _on_readable(self) -> None:
        now, at_us = self._loop.time(), time.time_ns() // 1000
        for data, source in self._udp.receive():
            self._client.receive(data, source, now, at_us)
        self._pump()

    def _pump(self) -> None:
        """Send what is due, hand out what has ended, and see to being called again in time."""
        if self._closed:
            return
        now = self._loop.time()
        refused = self._udp.send(self._client.to_send(now, time.time_ns() // 1000))
        if refused:
            self._tally.count("kad send failures", refused)
        for lookup in self._client.ended():
            future = self._futures.pop(lookup, None)
            if future is not None and not future.done():
                future.set_result(self._client.result(lookup))
        self._timer.by(self._client.deadline(now), now)
