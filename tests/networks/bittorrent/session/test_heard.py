"""What a lookup came to, peer by peer."""

from luzeiro.networks.bittorrent.session.heard import NodeReply, by_peer
from luzeiro.observations.endpoint import Endpoint

ONE = Endpoint.parse("203.0.113.1", 6881)
TWO = Endpoint.parse("2001:db8::2", 51413)


def reply_of(number: int) -> NodeReply:
    node = Endpoint.parse(f"192.0.2.{number}", 6881)
    return NodeReply(node, bytes(20), False, 1, 2, b"query", b"reply")


def test_each_peer_comes_with_every_node_that_named_it_in_order() -> None:
    first, second = reply_of(1), reply_of(2)
    heard = by_peer([(first, (TWO.compact,)), (second, (ONE.compact, TWO.compact))])
    assert [(peer.peer, peer.replies) for peer in heard] == [
        (TWO, (first, second)),
        (ONE, (second,)),
    ]


def test_a_reply_that_names_a_peer_twice_is_one_witness() -> None:
    (heard,) = by_peer([(reply_of(1), (ONE.compact, ONE.compact))])
    assert len(heard.replies) == 1


def test_nothing_told_is_nobody_heard() -> None:
    assert by_peer([]) == ()
