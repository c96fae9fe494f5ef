"""What holds of lookups whatever a Kad of a thousand nodes does to us."""

from collections import Counter, defaultdict
from random import Random

import pytest

from luzeiro.networks.edonkey.observe import SharerTurn, observe
from luzeiro.networks.edonkey.session.kad import KadClient, KadResult, KadSettings
from luzeiro.networks.edonkey.watch import WatchedEd2kFile
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.grade import Grade
from tests.simulation.simulated_kad import FORGED_HOST, SIZE, SYBIL_NET, Habits, SimulatedKad

KIND_WORLD = Habits()
ROUGH_WORLD = Habits(loss=0.15, liars=0.1, malformed=0.05, unasked=0.2, sybils=20)
SETTINGS = KadSettings(queries_per_s=400)
_PER_MINUTE = {0x01: 2, 0x21: 10, 0x34: 3}  # what aMule serves one address


def run(
    seed: int, habits: Habits, nodes: int = 1000, files: int = 4
) -> tuple[SimulatedKad, dict[bytes, KadResult], Tally]:
    world, tally = SimulatedKad(seed, nodes, files, habits), Tally()
    client = KadClient(
        world.entry_points(3), (), settings=SETTINGS, random=Random(seed), tally=tally
    )
    return world, world.run(client), tally


def amules_count(times: list[float], per_minute: int) -> int:
    """The highest count that aMule's InTrackListIsAllowedPacket reaches: it leaks over time."""
    count, since, highest, every_s = 0, 0.0, 0, 60 / per_minute
    for at in times:
        gone = int((at - since) / every_s) if count else 0
        count, since = (0, at) if gone > count else (count - gone, since + gone * every_s)
        if not count:
            since = at
        count += 1
        highest = max(highest, count)
    return highest


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_is_lost_every_publisher_is_heard_of_from_every_holder(seed: int) -> None:
    world, results, tally = run(seed, KIND_WORLD)
    assert set(results) == set(world.files)
    for file, result in results.items():
        assert {heard.address for heard in result.heard} == world.publishers[file]
        for heard in result.heard:
            tellers = {telling.teller.compact for _, telling in heard.told}
            assert tellers == world.holders(file)
    assert tally.counts["kad timeouts"] == 0


@pytest.mark.parametrize("seed", range(3))
def test_a_rough_world_never_makes_us_exceed_the_budget(seed: int) -> None:
    world, results, _ = run(seed, ROUGH_WORLD)
    assert set(results) == set(world.files)  # every lookup ends
    for result in results.values():
        assert result.answered <= result.asked <= SETTINGS.reach.nodes.budget
    asked = Counter((node, opcode, file) for _, node, opcode, file in world.asked)
    assert max(asked.values()) <= 2  # once more where a datagram may have been lost
    searched = Counter(file for _, _, opcode, file in world.asked if opcode == 0x34)
    assert max(searched.values()) <= 2 * SETTINGS.reach.searches


@pytest.mark.parametrize(("liars", "share"), [(0.0, 0.9), (0.1, 0.8)])
def test_a_rough_world_hides_few_publishers(liars: float, share: float) -> None:
    # A thousand nodes have some four in the zone of a file, and a quarter of all questions is lost
    # both times: a file with one honest holder cannot always be found. The bounds leave room.
    habits = Habits(loss=0.15, liars=liars, malformed=0.05, unasked=0.2, sybils=20)
    found = published = 0
    for seed in range(6):
        world, results, _ = run(seed, habits)
        for file, result in results.items():
            published += bool(world.publishers[file])
            heard = {one.address for one in result.heard}
            found += bool(world.publishers[file]) and world.publishers[file] <= heard
    assert published >= 20
    assert found >= share * published


@pytest.mark.parametrize("seed", range(3))
def test_poisoned_sources_are_hearsay_and_never_more(seed: int) -> None:
    _, results, tally = run(seed, ROUGH_WORLD)
    poisoned = [
        (file, heard)
        for file, result in results.items()
        for heard in result.heard
        if heard.address[:4] == FORGED_HOST
    ]
    assert poisoned  # liars and sybils told of it
    for file, heard in poisoned:
        seen = observe(SharerTurn(heard, None), WatchedEd2kFile(file, SIZE))
        assert (seen.grade, seen.completeness, seen.own) == (Grade.HEARD, None, None)
    assert tally.counts["kad unasked"]
    assert tally.counts["kad malformed"]


@pytest.mark.parametrize("seed", range(3))
def test_an_answer_that_nobody_was_asked_for_teaches_nothing(seed: int) -> None:
    world, results, _ = run(seed, Habits(unasked=1.0))
    for file, result in results.items():
        assert {heard.address for heard in result.heard} == world.publishers[file]


def test_one_subnet_full_of_sybils_cannot_fill_a_lookup() -> None:
    world, results, _ = run(5, Habits(sybils=100), files=1)
    (file,) = world.files
    sybils = {
        node for _, node, opcode, _ in world.asked if node[:3] == SYBIL_NET and opcode == 0x21
    }
    assert 1 <= len(sybils) <= SETTINGS.reach.nodes.per_subnet
    assert world.publishers[file] <= {heard.address for heard in results[file].heard}


def test_no_address_is_asked_more_often_than_amule_serves() -> None:
    world, results, _ = run(7, Habits(loss=0.1), nodes=30, files=40)
    assert len(results) == 40
    by_node = defaultdict(list)
    for at, node, opcode, _ in world.asked:
        by_node[node, opcode].append(at)
    for (_, opcode), times in by_node.items():
        assert amules_count(times, _PER_MINUTE[opcode]) <= _PER_MINUTE[opcode]


def test_a_world_of_dead_nodes_ends_soon_and_says_that_nobody_answered() -> None:
    world, results, tally = run(1, Habits(loss=1.0), nodes=50, files=2)
    assert [(result.asked, result.answered) for result in results.values()] == [(0, 0), (0, 0)]
    assert tally.counts["kad answers"] == 0
    assert max(at for at, *_ in world.asked) < 60


def test_the_same_seed_gives_the_same_run() -> None:
    assert run(9, ROUGH_WORLD, nodes=200)[1] == run(9, ROUGH_WORLD, nodes=200)[1]
