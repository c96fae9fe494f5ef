"""What holds of lookups whatever a DHT does to us."""

from collections import Counter, defaultdict
from random import Random

import pytest

from luzeiro.networks.bittorrent.session.dht import DhtClient, DhtSettings
from luzeiro.networks.bittorrent.session.heard import LookupResult
from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.kit.frontier import Reach
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from tests.simulation.simulated_dht import (
    EPOCH_US,
    FORGED,
    SYBIL_SUBNET,
    Habits,
    SimulatedDht,
    address,
)

KIND_WORLD = Habits()
ROUGH_WORLD = Habits(
    loss=0.15, slow=0.05, malformed=0.1, unasked=0.2, refusals=0.05, liars=0.1, sybils=20
)
SETTINGS = DhtSettings(queries_per_s=400, queries_burst=50)


def client_in(world: SimulatedDht, seed: int, tally: Tally, settings: DhtSettings) -> DhtClient:
    return DhtClient(
        world.entry_points(3),
        us=Random(seed).randbytes(20),
        families=(18,),
        settings=settings,
        random=Random(seed),
        tally=tally,
    )


def run(
    seed: int,
    habits: Habits,
    nodes: int = 200,
    infohashes: int = 12,
    settings: DhtSettings = SETTINGS,
) -> tuple[SimulatedDht, dict[bytes, LookupResult], Tally]:
    world = SimulatedDht(seed, nodes, infohashes, habits)
    tally = Tally()
    return world, world.run(client_in(world, seed, tally, settings)), tally


@pytest.mark.parametrize("seed", range(10))
def test_where_nothing_is_lost_every_lookup_hears_every_announcer_from_every_holder(
    seed: int,
) -> None:
    world, results, tally = run(seed, KIND_WORLD)
    assert set(results) == set(world.infohashes)
    for infohash, result in results.items():
        assert {heard.peer for heard in result.heard} == world.announced[infohash]
        for heard in result.heard:
            assert {reply.node.compact for reply in heard.replies} == world.holders(infohash)
    assert tally.counts["dht queries"] == tally.counts["dht answers"] == len(world.queries)


@pytest.mark.parametrize("seed", range(20))
def test_a_rough_world_never_makes_us_ask_twice_or_beyond_the_budget(seed: int) -> None:
    world, results, tally = run(seed, ROUGH_WORLD)
    assert set(results) == set(world.infohashes)  # every lookup ends
    asked = Counter((node, infohash) for _, node, infohash in world.queries)
    assert set(asked.values()) == {1}
    for result in results.values():
        assert result.answered <= result.asked <= SETTINGS.reach.budget
    assert tally.counts["dht queries"] == sum(result.asked for result in results.values())


@pytest.mark.parametrize("seed", range(20))
def test_a_rough_world_makes_us_believe_only_those_we_asked(seed: int) -> None:
    world, results, tally = run(seed, ROUGH_WORLD)
    asked = {(node, infohash) for _, node, infohash in world.queries}
    for infohash, result in results.items():
        for heard in result.heard:
            assert heard.peer != Endpoint.from_compact(address(FORGED))  # forged
            nodes = [reply.node for reply in heard.replies]
            assert len(set(nodes)) == len(nodes)
            for reply in heard.replies:
                node = reply.node.compact
                assert (node, infohash) in asked
                assert (node, reply.reply) in world.answers
                query = bencode.decode_dict(reply.query, spec="BEP 5", canonical=True)
                assert query.dict_at(b"a").bytes_at(b"info_hash") == infohash
                assert 0 < reply.told_at_us - reply.asked_at_us <= 2_000_000
                assert reply.asked_at_us >= EPOCH_US
    for kind in ("late", "malformed", "unasked", "errors", "timeouts"):
        assert tally.counts[f"dht {kind}"], kind


@pytest.mark.parametrize("seed", range(5))
def test_no_node_and_no_second_sees_more_queries_than_the_settings_allow(seed: int) -> None:
    world, _, _ = run(seed, ROUGH_WORLD, nodes=30, infohashes=60)
    by_node = defaultdict(list)
    for at, node, _ in world.queries:
        by_node[node].append(at)
    allowed = [
        (times, SETTINGS.node_queries_per_s, SETTINGS.node_burst) for times in by_node.values()
    ]
    allowed.append(([at for at, _, _ in world.queries], SETTINGS.queries_per_s, 50))
    for times, rate, burst in allowed:
        for first in range(len(times)):
            for last in range(first, len(times)):
                assert last - first + 1 <= burst + rate * (times[last] - times[first]) + 1e-6


@pytest.mark.parametrize("seed", range(10))
def test_one_subnet_full_of_sybils_cannot_fill_a_lookup(seed: int) -> None:
    world, results, _ = run(seed, Habits(sybils=200), infohashes=1)
    (infohash,) = world.infohashes
    sybils = [node for _, node, _ in world.queries if node[:8] == address(SYBIL_SUBNET)[:8]]
    assert 1 <= len(sybils) <= SETTINGS.reach.per_subnet
    assert world.announced[infohash] <= {heard.peer for heard in results[infohash].heard}


@pytest.mark.parametrize("seed", range(5))
def test_a_world_of_dead_nodes_ends_soon_and_says_that_nobody_answered(seed: int) -> None:
    world, results, tally = run(seed, Habits(loss=1.0), infohashes=3)
    assert [result.answered for result in results.values()] == [0, 0, 0]
    assert [result.asked for result in results.values()] == [3, 3, 3]
    assert max(at for at, _, _ in world.queries) < 10
    assert tally.counts["dht answers"] == 0


def test_a_lookup_keeps_its_budget_where_liars_lead_it_on() -> None:
    settings = DhtSettings(reach=Reach(budget=12), queries_per_s=400, queries_burst=50)
    world, results, _ = run(3, Habits(liars=0.9), settings=settings)
    asked = Counter(infohash for _, _, infohash in world.queries)
    assert max(result.asked for result in results.values()) == 12
    assert max(asked.values()) <= 12


def test_the_same_seed_gives_the_same_run() -> None:
    first, second = run(7, ROUGH_WORLD), run(7, ROUGH_WORLD)
    assert first[0].queries == second[0].queries
    assert first[1] == second[1]


def test_nothing_is_kept_of_lookups_that_have_ended() -> None:
    world = SimulatedDht(5, 200, 12, ROUGH_WORLD)
    client = client_in(world, 5, Tally(), SETTINGS)
    world.run(client)
    assert not client._running
    assert not client._waiting
    assert not client._awaited
    assert not client._due
    assert not client._booked
