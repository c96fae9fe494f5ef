import asyncio
import socket
from random import Random
from typing import cast

import pytest

from luzeiro.networks.edonkey.driver.kad import KadDriver
from luzeiro.networks.edonkey.session.kad import KadResult, KadSettings
from luzeiro.networks.kit.driver.udp import BindError
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from tests.simulation.simulated_kad import Habits, SimulatedKad

HERE = Endpoint.parse("127.0.0.1", 0)
QUICK = KadSettings(reply_timeout_s=0.2, search_quiet_s=0.1)


class Node(asyncio.DatagramProtocol):
    """One node of a simulated Kad, on a real socket."""

    def __init__(self, world: SimulatedKad) -> None:
        self._world = world
        (self._node,) = world.honest

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # no subclass

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for _, reply, _ in self._world._answers(data, self._node.address, 0.0):
            self._transport.sendto(reply, addr)


def looked_up(world: SimulatedKad) -> tuple[KadResult, list[Endpoint], Tally]:
    async def run() -> tuple[KadResult, list[Endpoint], Tally]:
        tally, loop = Tally(), asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Node(world), local_addr=("127.0.0.1", 0)
        )
        at = Endpoint.parse(*transport.get_extra_info("sockname"))
        driver = await KadDriver.open(HERE, [at], (), QUICK, Random(1), tally)
        async with asyncio.timeout(20):
            result = await driver.lookup(world.files[0], None)
        known = driver.known_nodes()
        await driver.close()
        transport.close()
        return result, known, tally

    return asyncio.run(run())


def one_node_world() -> SimulatedKad:
    """A Kad of one node, which stores the file's sources."""
    world = SimulatedKad(1, 1, 1, Habits())
    (node,) = world.honest
    node.known = []  # it names nobody: what is simulated is not to be sent to
    node.node_id = int.from_bytes(world.files[0], "big") ^ 5
    world.publishers[world.files[0]] = world._publish(world.files[0], world.honest)
    return world


def test_a_lookup_over_real_sockets_hears_of_every_publisher() -> None:
    world = one_node_world()
    result, known, tally = looked_up(world)
    assert {heard.address for heard in result.heard} == world.publishers[world.files[0]]
    assert len(known) == 1
    assert tally.counts["kad answers"] == 3


def test_closing_cancels_what_is_under_way() -> None:
    async def run() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
            nobody.bind(("127.0.0.1", 0))
            at = Endpoint.parse(*nobody.getsockname())
            driver = await KadDriver.open(HERE, [at], (), QUICK, Random(1), Tally())
            lookup = asyncio.ensure_future(driver.lookup(bytes(16), None))
            await asyncio.sleep(0)
            await driver.close()
            with pytest.raises(asyncio.CancelledError):
                await lookup

    asyncio.run(run())


def test_a_port_in_use_is_told() -> None:
    async def run() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            at = Endpoint.parse(*taken.getsockname())
            await KadDriver.open(at, [], (), QUICK, Random(1), Tally())

    with pytest.raises(BindError, match="another program uses this port"):
        asyncio.run(run())
