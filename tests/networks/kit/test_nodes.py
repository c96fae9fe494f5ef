"""The pool remembers nodes that answer, evenly, and forgets those that do not."""

from random import Random

from luzeiro.networks.kit.nodes import (
    BUCKET_BITS,
    BUCKET_SIZE,
    FAILURES_BORNE,
    PER_SUBNET,
    QUESTIONABLE_AFTER_S,
    NodePool,
)
from luzeiro.observations.endpoint import Endpoint


def local(number: int) -> bytes:
    return Endpoint.parse("127.0.0.1", 1 + number).compact


def pool_of(count: int, seed: int = 1) -> tuple[NodePool, dict[bytes, bytes]]:
    pool, random = NodePool(), Random(seed)
    ids = {local(number): random.randbytes(20) for number in range(count)}
    for address, node_id in ids.items():
        pool.answered(address, node_id, 0.0)
    return pool, ids


def test_the_nearest_are_those_that_comparing_all_gives() -> None:
    pool, ids = pool_of(200)
    kept = {address: ids[address] for address in pool.addresses()}
    random = Random(2)
    for _ in range(50):
        target = random.getrandbits(160)
        ranked = sorted(
            (int.from_bytes(node_id, "big") ^ target, address) for address, node_id in kept.items()
        )
        assert pool.nearest(target, 8) == ranked[:8]


def test_fewer_than_asked_for_are_given_where_there_are_fewer() -> None:
    pool, _ = pool_of(3)
    assert len(pool.nearest(0, 8)) == 3
    assert NodePool().nearest(0, 8) == []


def test_it_is_bounded_however_many_answer() -> None:
    pool, _ = pool_of(5000)
    assert len(pool) <= BUCKET_SIZE << BUCKET_BITS


def test_old_acquaintances_are_not_flushed_out_until_they_are_questionable() -> None:
    pool = NodePool()
    for number in range(BUCKET_SIZE):
        pool.answered(local(number), bytes([0, number]) + bytes(18), float(number))
    newcomer = local(99)
    pool.answered(newcomer, bytes([0, 99]) + bytes(18), 100.0)
    assert newcomer not in pool
    pool.answered(newcomer, bytes([0, 99]) + bytes(18), QUESTIONABLE_AFTER_S + 0.5)
    assert newcomer in pool
    assert local(0) not in pool
    assert local(1) in pool


def test_a_node_that_stays_silent_is_forgotten_and_one_answer_redeems_it() -> None:
    pool, ids = pool_of(1)
    ((address, node_id),) = ids.items()
    for _ in range(FAILURES_BORNE):
        pool.failed(address)
    pool.answered(address, node_id, 1.0)
    for _ in range(FAILURES_BORNE):
        pool.failed(address)
    assert address in pool
    pool.failed(address)
    assert address not in pool
    pool.failed(address)  # of a node that is not there nothing is remembered


def test_a_node_that_goes_by_another_id_moves() -> None:
    pool, ids = pool_of(1)
    (address,) = ids
    pool.answered(address, b"\xff" * 20, 1.0)
    assert pool.nearest(0, 8) == [(2**160 - 1, address)]


def test_a_public_subnet_holds_few_places_and_gives_them_back() -> None:
    pool = NodePool()
    same = [Endpoint.parse(f"192.0.2.{number}", 6881).compact for number in range(1, 10)]
    for number, address in enumerate(same):
        pool.answered(address, bytes([number * 20]) + bytes(19), 0.0)
    assert len(pool) == PER_SUBNET
    for _ in range(FAILURES_BORNE + 1):
        pool.failed(same[0])
    pool.answered(same[-1], bytes(20), 0.0)
    assert same[-1] in pool


def test_the_latest_to_answer_comes_first() -> None:
    pool, ids = pool_of(3)
    last = list(ids)[1]
    pool.answered(last, ids[last], 9.0)
    assert pool.addresses()[0] == last
