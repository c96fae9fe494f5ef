"""Carries the DHT client's datagrams over real sockets. Decides nothing."""

import asyncio
import time
from collections.abc import Iterable
from random import Random
from typing import Self

from luzeiro.networks.bittorrent.session.dht import DhtClient, DhtSettings
from luzeiro.networks.bittorrent.session.heard import HeardPeer, LookupResult, NodeReply
from luzeiro.networks.bittorrent.session.lookup import Lookup
from luzeiro.networks.kit.driver.sockets import open_udp
from luzeiro.networks.kit.driver.timer import Timer
from luzeiro.networks.kit.driver.udp import BindError, UdpSocket
from luzeiro.networks.kit.frontier import Reach
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint

__all__ = [
    "BindError",
    "DhtDriver",
    "DhtSettings",
    "HeardPeer",
    "LookupResult",
    "NodeReply",
    "Reach",
]


class DhtDriver:
    """Lookups in the DHT from our own UDP ports. Made by `open`, ended by `close`."""

    def __init__(self, sockets: list[UdpSocket], client: DhtClient, tally: Tally) -> None:
        self._sockets = {udp.address_size: udp for udp in sockets}
        self._client, self._tally = client, tally
        self._loop = asyncio.get_running_loop()
        self._futures: dict[Lookup, asyncio.Future[LookupResult]] = {}
        self._timer = Timer(self._loop, self._pump)
        self._pump_soon = False
        for udp in sockets:
            self._loop.add_reader(udp.fileno(), self._on_readable, udp)

    @classmethod
    async def open(
        cls,
        own: Endpoint,
        own_v6: Endpoint | None,
        bootstrap: Iterable[Endpoint],
        settings: DhtSettings,
        random: Random,
        tally: Tally,
    ) -> Self:
        """Open the sockets. `random` must be unguessable (SystemRandom) outside of tests.

        Raises:
            BindError: the port is taken, or the address is not this machine's.
        """
        sockets = [open_udp(own)]
        if own_v6 is not None:
            try:
                sockets.append(open_udp(own_v6))
            except BindError:
                sockets[0].close()
                raise
        client = DhtClient(
            [node.compact for node in bootstrap],
            us=random.randbytes(20),
            families=tuple(udp.address_size for udp in sockets),
            settings=settings,
            random=random,
            tally=tally,
        )
        return cls(sockets, client, tally)

    @property
    def own(self) -> tuple[Endpoint, ...]:
        """The endpoints that we ask from."""
        return tuple(udp.own for udp in self._sockets.values())

    @property
    def silent(self) -> bool:
        """Whether no node has ever answered: wrong bootstrap nodes, or no way out."""
        return not self._tally.counts["dht answers"]

    async def lookup(self, infohash: bytes) -> LookupResult:
        """Find who is said to share an infohash (20 bytes). `answered` 0: nobody spoke to us."""
        lookup = self._client.start(infohash)
        future: asyncio.Future[LookupResult] = self._loop.create_future()
        self._futures[lookup] = future
        if not self._pump_soon:
            self._pump_soon = True
            self._loop.call_soon(self._pump)
        try:
            return await future
        finally:
            if self._futures.pop(lookup, None) is not None:
                self._client.abandon(lookup)

    def known_nodes(self) -> list[Endpoint]:
        """Give the nodes that answered, the latest first: bootstrap nodes for the next start."""
        pools = self._client.pools.values()
        return [Endpoint.from_compact(node) for pool in pools for node in pool.addresses()]

    async def close(self) -> None:
        """Close the sockets and cancel the lookups under way."""
        self._timer.cancel()
        for udp in self._sockets.values():
            self._loop.remove_reader(udp.fileno())
            udp.close()
        self._sockets.clear()
        for future in list(self._futures.values()):
            future.cancel()

    def _on_readable(self, udp: UdpSocket) -> None:
        datagrams = udp.receive()
        now, at_us = self._loop.time(), time.time_ns() // 1000
        receive = self._client.receive
        for data, source in datagrams:
            receive(data, source, now, at_us)
        self._pump()

    def _pump(self) -> None:
        """Send what is due, hand out what has ended, and see to being called again in time."""
        self._pump_soon = False
        if not self._sockets:
            return
        now = self._loop.time()
        datagrams = self._client.to_send(now, time.time_ns() // 1000)
        self._send(datagrams)
        for lookup in self._client.ended():
            future = self._futures.pop(lookup, None)
            if future is not None and not future.done():
                future.set_result(lookup.result())
        self._timer.by(self._client.deadline(now), now)

    def _send(self, datagrams: list[tuple[bytes, bytes]]) -> None:
        for size, udp in self._sockets.items():
            alone = len(self._sockets) == 1
            refused = udp.send(datagrams if alone else [d for d in datagrams if len(d[1]) == size])
            if refused:
                self._tally.count("dht send failures", refused)
