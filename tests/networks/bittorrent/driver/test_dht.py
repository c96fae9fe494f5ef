import asyncio
from collections.abc import Iterator
from random import Random

import pytest

from bench.private_dht import PrivateDht
from luzeiro.networks.bittorrent.driver.dht import BindError, DhtDriver, DhtSettings, LookupResult
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint

ANNOUNCED, UNKNOWN = b"\x5a" * 20, b"\xa5" * 20
ANNOUNCERS = (1, 2)
NODES = 12


@pytest.fixture(scope="module")
def private_dht() -> Iterator[PrivateDht]:
    """Real nodes that know each other; two of them have announced a torrent."""
    nodes = PrivateDht(NODES, first_port=21000, network=9)
    nodes.wait_until_joined(NODES // 2)
    nodes.announce({ANNOUNCED: ANNOUNCERS})
    yield nodes
    nodes.close()


def look_up(
    infohash: bytes, bootstrap: list[Endpoint]
) -> tuple[LookupResult, Tally, list[Endpoint]]:
    async def run() -> tuple[LookupResult, Tally, list[Endpoint]]:
        tally = Tally()
        own = Endpoint.parse("127.9.1.1", 0)
        settings = DhtSettings(queries_per_s=1000)
        driver = await DhtDriver.open(own, None, bootstrap, settings, Random(1), tally)
        try:
            async with asyncio.timeout(30):
                return await driver.lookup(infohash), tally, driver.known_nodes()
        finally:
            await driver.close()

    return asyncio.run(run())


def test_the_peers_that_announced_are_found_with_every_witness(private_dht: PrivateDht) -> None:
    result, tally, known = look_up(ANNOUNCED, [Endpoint.parse(*private_dht.addresses[0])])
    expected = {Endpoint.parse(*private_dht.peer(number)) for number in ANNOUNCERS}
    assert {one.peer for one in result.heard} == expected
    for one in result.heard:
        assert len({reply.node for reply in one.replies}) == len(one.replies) >= 2
        assert all(ANNOUNCED in reply.query for reply in one.replies)
        assert all(reply.told_at_us >= reply.asked_at_us for reply in one.replies)
    assert tally.counts["dht answers"] == result.answered
    assert len(known) >= NODES // 2


def test_what_nobody_announced_is_heard_of_from_nobody(private_dht: PrivateDht) -> None:
    result, _, _ = look_up(UNKNOWN, [Endpoint.parse(*private_dht.addresses[3])])
    assert result.heard == ()
    assert result.answered > 0


def test_a_bootstrap_node_that_is_not_there_leaves_the_look_up_without_an_answer() -> None:
    result, tally, known = look_up(UNKNOWN, [Endpoint.parse("127.9.2.1", 9)])
    assert result.answered == 0
    assert not tally.counts["dht answers"]
    assert known == []


def test_a_port_in_use_is_a_bind_error() -> None:
    async def twice() -> None:
        settings, own = DhtSettings(), Endpoint.parse("127.0.0.1", 0)
        first = await DhtDriver.open(own, None, [], settings, Random(1), Tally())
        try:
            with pytest.raises(BindError):
                await DhtDriver.open(first.own[0], None, [], settings, Random(1), Tally())
        finally:
            await first.close()

    asyncio.run(twice())
