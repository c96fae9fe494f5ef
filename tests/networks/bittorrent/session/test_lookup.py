"""One lookup, from its first query to its result."""

from luzeiro.networks.bittorrent.session.heard import LookupResult
from luzeiro.networks.bittorrent.session.lookup import Lookup, Query
from luzeiro.networks.bittorrent.wire.krpc import PeersFound
from luzeiro.networks.kit.frontier import Reach
from luzeiro.observations.endpoint import Endpoint

FILE = bytes(20)
US = b"our own node id, 20b"
PEER = Endpoint.parse("203.0.113.5", 6881)
OTHER_PEER = Endpoint.parse("203.0.113.6", 51413)


def node(number: int) -> tuple[int, bytes]:
    return number, Endpoint.parse(f"127.0.0.{number}", 6881).compact


def lookup_from(*numbers: int, reach: Reach | None = None) -> Lookup:
    lookup = Lookup(FILE, us=US, reach=reach or Reach(), address_sizes=(6,))
    lookup.start_from(map(node, numbers), 6)
    return lookup


def answer(query: Query, *peers: Endpoint, nodes: bytes = b"") -> PeersFound:
    values = tuple(peer.compact for peer in peers)
    return PeersFound(b"", query.distance.to_bytes(20, "big"), values, nodes, b"")


def test_asks_a_few_at_once_nearest_first() -> None:
    lookup = lookup_from(5, 3, 1, 4, 2, reach=Reach(at_once=2))
    first = lookup.to_ask()
    assert [query.distance for query in first] == [1, 2]
    assert lookup.to_ask() == []
    lookup.learn(first[0], answer(first[0]), b"reply", 7)
    assert [query.distance for query in lookup.to_ask()] == [3]


def test_ends_when_nobody_is_left_to_ask() -> None:
    lookup = lookup_from(1, 2)
    one, two = lookup.to_ask()
    lookup.fail(one)
    assert not lookup.done
    lookup.learn(two, answer(two), b"reply", 7)
    assert lookup.to_ask() == []
    assert lookup.done
    assert lookup.result() == LookupResult(FILE, asked=2, answered=1, heard=())


def test_keeps_its_budget() -> None:
    lookup = lookup_from(*range(1, 30), reach=Reach(budget=5, at_once=3))
    asked = 0
    while queries := lookup.to_ask():
        asked += len(queries)
        for query in queries:
            lookup.fail(query)
    assert asked == lookup.result().asked == 5


def test_a_peer_keeps_every_witness_with_the_bytes_both_ways() -> None:
    lookup = lookup_from(1, 2, 3)
    one, two, three = lookup.to_ask()
    for number, query in enumerate((one, two, three), 1):
        query.transaction_id, query.asked_at_us = b"tid%d" % number, 10 * number
    lookup.learn(two, answer(two, PEER, OTHER_PEER), b"reply of two", 25)
    lookup.learn(one, answer(one, PEER), b"reply of one", 26)
    lookup.learn(three, answer(three), b"reply of three", 33)
    first, second = lookup.result().heard
    assert (first.peer, second.peer) == (PEER, OTHER_PEER)
    assert [reply.node.host for reply in first.replies] == ["127.0.0.2", "127.0.0.1"]
    (witness,) = second.replies
    assert witness.query == lookup.datagram(b"tid2")
    assert witness.reply == b"reply of two"
    assert (witness.asked_at_us, witness.told_at_us) == (20, 25)
    assert witness.node_id == (2).to_bytes(20, "big")
    assert witness.id_fits_address  # of a local network any id does


def test_a_node_that_names_a_peer_twice_is_one_witness() -> None:
    lookup = lookup_from(1)
    (one,) = lookup.to_ask()
    lookup.learn(one, answer(one, PEER, OTHER_PEER, PEER), b"reply", 1)
    assert [len(heard.replies) for heard in lookup.result().heard] == [1, 1]


def test_an_id_that_does_not_fit_its_public_address_is_noted() -> None:
    lookup = Lookup(FILE, us=US, reach=Reach(), address_sizes=(6,))
    lookup.start_from([(1, Endpoint.parse("192.0.2.1", 6881).compact)], 6)
    (query,) = lookup.to_ask()
    lookup.learn(query, answer(query, PEER), b"reply", 1)
    assert not lookup.result().heard[0].replies[0].id_fits_address


def test_nodes_told_are_asked_next() -> None:
    lookup = lookup_from(9)
    (nine,) = lookup.to_ask()
    distance, address = node(4)
    lookup.learn(nine, answer(nine, nodes=distance.to_bytes(20, "big") + address), b"reply", 1)
    assert [(query.distance, query.address) for query in lookup.to_ask()] == [(distance, address)]


def test_nodes_of_a_family_that_we_cannot_ask_are_left() -> None:
    lookup = lookup_from(9)
    (nine,) = lookup.to_ask()
    nodes6 = bytes(20) + Endpoint.parse("::1", 6881).compact
    lookup.learn(nine, PeersFound(b"", bytes(20), (), b"", nodes6), b"reply", 1)
    assert lookup.to_ask() == []


def test_both_families_are_asked_where_we_have_both() -> None:
    lookup = Lookup(FILE, us=US, reach=Reach(), address_sizes=(6, 18))
    lookup.start_from([node(9)], 6)
    (nine,) = lookup.to_ask()
    six = Endpoint.parse("::1", 6881).compact
    lookup.learn(nine, PeersFound(b"", bytes(20), (), b"", bytes(20) + six), b"reply", 1)
    assert [query.address for query in lookup.to_ask()] == [six]
    assert b"4:wantl2:n42:n6e" in lookup.datagram(b"abcd")


def test_a_stopped_lookup_asks_nobody_and_ends() -> None:
    lookup = lookup_from(1, 2, 3, reach=Reach(at_once=1))
    (one,) = lookup.to_ask()
    lookup.stop()
    lookup.learn(one, answer(one), b"reply", 1)
    assert lookup.to_ask() == []
    assert lookup.done
