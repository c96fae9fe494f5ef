"""KRPC: we say get_peers only, and read what comes back without believing too much."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.wire import bencode, krpc
from luzeiro.networks.bittorrent.wire.krpc import (
    AskedOfUs,
    GetPeers,
    KrpcError,
    Message,
    PeersFound,
    decode,
    decode_any,
)
from luzeiro.networks.kit.errors import WireError
from tests.vectors import headers, names, vector

US = b"our own node id, 20b"
FILE = b"an invented infohash"
VECTORS = names("bittorrent/krpc")
KINDS = {kind.__name__: kind for kind in (PeersFound, KrpcError, AskedOfUs)}

ANSWERS = st.fixed_dictionaries(
    {
        b"r": st.fixed_dictionaries(
            {b"id": st.binary(min_size=20, max_size=20)},
            optional={
                b"nodes": st.integers(0, 17).flatmap(
                    lambda count: st.binary(min_size=26 * count, max_size=26 * count)
                ),
                b"p": st.integers(0, 65535),
                b"token": st.binary(max_size=20),
                b"values": st.lists(
                    st.binary(min_size=6, max_size=6) | st.binary(min_size=18, max_size=18),
                    max_size=5,
                ),
            },
        ),
        b"t": st.binary(min_size=4, max_size=4) | st.binary(max_size=8),
        b"y": st.just(b"r"),
    },
    optional={b"ip": st.binary(min_size=6, max_size=6), b"v": st.binary(max_size=4)},
)


def encoded(message: dict[bytes, Any]) -> bytes:  # Any: hypothesis infers a wider type
    return bencode.encode(message)


def answer(**fields: bencode.Value) -> bytes:
    """An answer with a valid id and these fields."""
    reply = {b"id": bytes(20), **{name.encode(): value for name, value in fields.items()}}
    return bencode.encode({b"r": reply, b"t": b"aa", b"y": b"r"})


def test_get_peers_says_what_bep_5_and_bep_43_say() -> None:
    query = bencode.decode(GetPeers(b"tidy", US, FILE).encode(), spec="BEP 5", canonical=True)
    assert query == {
        b"a": {b"id": US, b"info_hash": FILE},
        b"q": b"get_peers",
        b"ro": 1,
        b"t": b"tidy",
        b"y": b"q",
    }


def test_get_peers_asks_for_both_families_where_we_have_both() -> None:
    query = GetPeers(b"tidy", US, FILE, both_families=True).encode()
    fields = bencode.decode_dict(query, spec="BEP 32", canonical=True)
    assert fields.dict_at(b"a").list_at(b"want") == [b"n4", b"n6"]


def test_only_get_peers_can_be_said() -> None:
    assert {GetPeers} == krpc.SAYS
    assert [kind for kind in KINDS.values() if hasattr(kind, "encode")] == []


@pytest.mark.parametrize("name", VECTORS)
def test_each_vector_is_read_as_it_says(name: str) -> None:
    expected = headers(name)["expect"]
    if expected == "WireError":
        with pytest.raises(WireError):
            decode(vector(name))
    else:
        assert isinstance(decode(vector(name)), KINDS[expected])


def test_reads_the_peers_in_the_reply_that_bep_5_prints() -> None:
    reply = decode(vector("bittorrent/krpc/bep5-get-peers-values"))
    assert isinstance(reply, PeersFound)
    assert reply.transaction_id == b"aa"
    assert reply.node_id == b"abcdefghij0123456789"
    assert [str(peer) for peer in reply.peers] == ["97.120.106.101:11893", "105.100.104.116:28269"]
    assert reply.nearer == ()


def test_reads_the_error_that_bep_5_prints() -> None:
    error = decode(vector("bittorrent/krpc/bep5-error"))
    assert error == KrpcError(b"aa", 201, b"A Generic Error Ocurred")


def test_reads_peers_and_nodes_of_a_libtorrent_node() -> None:
    reply = decode(vector("bittorrent/krpc/libtorrent-values"))
    assert isinstance(reply, PeersFound)
    assert sorted(map(str, reply.peers)) == ["127.0.9.2:6882", "127.0.9.3:6883"]
    assert len(reply.nearer) == 8
    assert {node.host.rpartition(".")[0] for node in reply.nearer} == {"127.0.9"}


def test_reads_ipv6_peers_and_nodes_of_a_libtorrent_node() -> None:
    reply = decode(vector("bittorrent/krpc/libtorrent-values-v6"))
    assert isinstance(reply, PeersFound)
    assert sorted(map(str, reply.peers)) == ["[::1]:6882", "[::1]:6883"]
    assert len(reply.nodes6) == 8 * 38
    assert {node.host for node in reply.nearer} == {"::1"}


@pytest.mark.parametrize("name", ["libtorrent-values", "libtorrent-nodes"])
def test_what_libtorrent_nodes_answer_takes_the_short_way(name: str) -> None:
    datagram = vector(f"bittorrent/krpc/{name}")
    assert krpc._USUAL_ANSWER.fullmatch(datagram)
    assert decode(datagram) == decode_any(datagram)


def test_a_peer_with_its_ipv4_address_dressed_as_ipv6_is_the_same_peer() -> None:
    mapped = bytes(10) + b"\xff\xff" + bytes([192, 0, 2, 7]) + b"\x1a\xe1"
    reply = decode(answer(values=[mapped, mapped[12:]]))
    assert isinstance(reply, PeersFound)
    assert reply.values == (mapped[12:], mapped[12:])


def test_keys_in_any_order_and_unknown_keys_are_read() -> None:
    datagram = b"d1:y1:r1:t2:aa1:rd5:token1:x2:id20:" + US + b"1:zi7eee"
    assert decode(datagram) == PeersFound(b"aa", US, (), b"", b"")


@pytest.mark.parametrize(
    ("datagram", "why"),
    [
        (b"", "cut short"),
        (b"le", "not a dictionary"),
        (b"d1:rd2:id19:" + bytes(19) + b"e1:t2:aa1:y1:re", "'id' has 19 bytes, expected 20"),
        (b"d1:rde1:t2:aa1:y1:re", "'id' is missing"),
        (b"d1:t2:aa1:y1:re", "'r' is missing"),
        (b"d1:rd2:id20:" + US + b"e1:y1:re", "'t' is missing"),
        (b"d1:rd2:id20:" + US + b"e1:t2:aae", "'y' is missing"),
        (b"d1:t2:aa1:y1:xe", "'y' is b'x', expected r, e or q"),
        (b"d1:t2:aa1:y1:qe", "'q' is missing"),
        (b"d1:eli201ee1:t2:aa1:y1:ee", "'e' is not a code and a reason"),
        (answer(nodes=bytes(27)), "'nodes' has 27 bytes, not a multiple of 26"),
        (answer(nodes6=bytes(26)), "'nodes6' has 26 bytes, not a multiple of 38"),
        (answer(values=[bytes(7)]), "other than addresses of 6 or 18 bytes"),
        (answer(values=[7]), "other than addresses of 6 or 18 bytes"),
        (answer(values=bytes(6)), "'values' is not a list"),
        (answer() + b"x", "1 bytes after the value"),
    ],
)
def test_refuses_what_would_make_the_nodes_word_a_guess(datagram: bytes, why: str) -> None:
    with pytest.raises(WireError, match=why):
        decode(datagram)


@given(ANSWERS)
def test_the_short_way_and_the_long_way_read_the_same(message: dict[bytes, bencode.Value]) -> None:
    datagram = bencode.encode(message)
    assert decode(datagram) == decode_any(datagram)


@given(st.binary(max_size=1500) | ANSWERS.map(encoded))
def test_any_datagram_is_a_message_or_a_wire_error(datagram: bytes) -> None:
    with suppress(WireError):
        assert isinstance(decode(datagram), Message)


@given(st.data())
def test_a_damaged_answer_is_read_alike_both_ways_or_refused_both_ways(data: st.DataObject) -> None:
    damaged = bytearray(vector("bittorrent/krpc/libtorrent-values"))
    damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    outcomes: list[Message | None] = []
    for read in (decode, decode_any):
        try:
            outcomes.append(read(bytes(damaged)))
        except WireError:
            outcomes.append(None)
    assert outcomes[0] == outcomes[1]
