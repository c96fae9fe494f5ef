"""Whom a lookup asks next."""

from luzeiro.networks.kit.frontier import (
    NODES_FOLLOWED,
    UNKNOWN_DISTANCE,
    Frontier,
    Reach,
)
from luzeiro.observations.endpoint import Endpoint

REACH = Reach(closest=3, per_subnet=2)


def at(host: str, port: int = 6881) -> bytes:
    return Endpoint.parse(host, port).compact


def node(number: int, address: bytes) -> tuple[bytes, bytes]:
    return number.to_bytes(20, "big"), address


def everyone_due(frontier: Frontier) -> list[int]:
    """The distances of those to ask, until no more are due."""
    distances = []
    while (due := frontier.next_to_ask()) is not None:
        distances.append(due[0])
    return distances


def frontier_of(*distances: int, reach: Reach = REACH) -> Frontier:
    frontier = Frontier(0, reach)
    frontier.start_from((distance, at(f"127.0.0.{distance}")) for distance in distances)
    return frontier


def test_the_nearest_are_asked_first_and_no_more_than_k() -> None:
    assert everyone_due(frontier_of(9, 2, 7, 4, 1)) == [1, 2, 4]


def test_who_fails_makes_room_for_the_next() -> None:
    frontier = frontier_of(1, 2, 3, 4, 5)
    assert everyone_due(frontier) == [1, 2, 3]
    frontier.failed(2)
    assert everyone_due(frontier) == [4]


def test_who_answers_keeps_its_place_so_that_the_lookup_ends() -> None:
    frontier = frontier_of(1, 2, 3, 4, 5)
    for distance in everyone_due(frontier):
        frontier.answered(distance, distance)
    assert everyone_due(frontier) == []


def test_nearer_nodes_are_asked_however_many_have_answered() -> None:
    frontier = frontier_of(10, 20, 30)
    for distance in everyone_due(frontier):
        frontier.answered(distance, distance)
    frontier.learn([node(5, at("127.0.0.200")), node(40, at("127.0.0.201"))], at("127.0.0.9"))
    assert everyone_due(frontier) == [5]


def test_a_node_whose_id_nobody_told_us_counts_by_the_id_it_states() -> None:
    frontier = frontier_of(10, 20)
    frontier.start_from(
        [(UNKNOWN_DISTANCE, at("127.0.0.99")), (UNKNOWN_DISTANCE, at("127.0.0.98"))]
    )
    assert everyone_due(frontier) == [10, 20, UNKNOWN_DISTANCE]
    frontier.answered(UNKNOWN_DISTANCE, 5)
    assert everyone_due(frontier) == []


def test_nobody_is_taken_up_twice() -> None:
    frontier = frontier_of(1, 2)
    frontier.start_from([(7, at("127.0.0.1"))])
    frontier.learn([node(3, at("127.0.0.2"))] * 2, at("127.0.0.9"))
    assert everyone_due(frontier) == [1, 2]


def test_a_subnet_is_asked_only_so_often() -> None:
    frontier = Frontier(0, Reach(closest=8, per_subnet=2))
    same = [node(number, at(f"192.0.2.{number}")) for number in range(1, 6)]
    frontier.learn([*same, node(9, at("198.51.100.1"))], at("203.0.113.1"))
    assert everyone_due(frontier) == [1, 2, 9]


def test_a_64_of_ipv6_is_one_subnet() -> None:
    frontier = Frontier(0, Reach(closest=8, per_subnet=1))
    hosts = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
    nodes = [node(number, at(host)) for number, host in enumerate(hosts)]
    frontier.learn(nodes, at("2001:db8:9::1"))
    assert everyone_due(frontier) == [0, 2]


def test_a_stranger_cannot_send_us_into_our_own_networks() -> None:
    frontier = Frontier(0, REACH)
    nodes = [node(1, at("192.168.1.1")), node(2, at("127.0.0.1"))]
    frontier.learn(nodes, at("192.0.2.1"))
    assert everyone_due(frontier) == []
    frontier.learn(nodes, at("10.0.0.1"))
    assert everyone_due(frontier) == [1, 2]


def test_what_cannot_be_asked_is_not_taken_up() -> None:
    frontier = Frontier(0, REACH)
    nodes = [node(1, at("192.0.2.1", 0)), node(2, at("224.0.0.1"))]
    frontier.learn(nodes, at("192.0.2.9"))
    assert everyone_due(frontier) == []


def test_one_answer_brings_so_many_nodes_and_no_more() -> None:
    frontier = Frontier(0, Reach(closest=1000))
    nodes = [node(number, at("127.0.0.1", number)) for number in range(1, 100)]
    frontier.learn(nodes, at("127.0.0.9"))
    assert everyone_due(frontier) == list(range(1, NODES_FOLLOWED + 1))
