import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.evidence.verifier.bittorrent import (
    ProtocolError,
    bdecode,
    compact,
    own_extensions,
    pieces_of_info,
    read_node,
    read_peer,
    read_query,
)
from luzeiro.networks.bittorrent.wire import bencode, krpc
from luzeiro.networks.kit.errors import WireError
from tests.evidence.scenes import PEERWIRE
from tests.vectors import names, vector

GREETING = b"\x13BitTorrent protocol" + bytes(8) + b"i" * 20 + b"p" * 20


def message(kind: int, payload: bytes = b"") -> bytes:
    return (1 + len(payload)).to_bytes(4, "big") + bytes([kind]) + payload


def test_a_seeders_word_is_read() -> None:
    says = read_peer(vector(PEERWIRE + "seeder"))
    assert says.all_pieces
    assert says.client is not None
    assert says.client.startswith("libtorrent")
    assert says.messages[:2] == ["extension handshake", "have all"]


def test_a_part_is_read_as_its_pieces() -> None:
    says = read_peer(vector(PEERWIRE + "partial"))
    assert len(says.pieces) == 15
    assert says.told_whole


def test_a_super_seeders_pieces_are_a_lower_bound() -> None:
    says = read_peer(vector(PEERWIRE + "super-seeder"))
    assert len(says.pieces) == 4
    assert not says.told_whole


def test_metadata_is_put_together_and_counted() -> None:
    says = read_peer(vector(PEERWIRE + "metadata"), {2: "ut_metadata"})
    assert pieces_of_info(says.metadata) == 41


def test_the_last_word_about_pieces_counts() -> None:
    words = [(5, b"\x80"), (4, b"\0\0\0\x07"), (14, b""), (15, b""), (4, b"\0\0\0\x02")]
    stream = GREETING + b"".join(message(*one) for one in words)
    says = read_peer(stream)
    assert (says.pieces, says.all_pieces, says.told_whole) == ({2}, False, False)
    assert read_peer(stream[:-14]).all_pieces


def test_content_is_noticed_at_its_header_and_ends_the_reading() -> None:
    says = read_peer(GREETING + (9 + 2**14).to_bytes(4, "big") + b"\x07" + b"x" * 9)
    assert says.content
    assert says.messages == ["piece"]


@pytest.mark.parametrize("cut", [0, 67, 70, 72])
def test_a_stream_that_is_cut_short_is_read_as_far_as_it_goes(cut: int) -> None:
    says = read_peer((GREETING + message(14))[:cut])
    assert not says.all_pieces
    assert (says.infohash is not None) == (cut >= 68)


def test_peers_told_of_are_read_under_the_number_that_was_given() -> None:
    told = bencode.encode({b"added": b"\xc0\x00\x02\x01\x1a\xe1"})
    ours = GREETING + message(20, b"\0" + bencode.encode({b"m": {b"ut_pex": 9}}))
    says = read_peer(GREETING + message(20, b"\x09" + told), own_extensions(ours))
    assert says.peers == {b"\xc0\x00\x02\x01\x1a\xe1"}


def test_a_node_and_a_query_are_read() -> None:
    found = read_node(vector("bittorrent/krpc/bep5-get-peers-values"))
    assert found.values == {b"axje.u", b"idhtnm"}
    assert found.node_id == b"abcdefghij0123456789"
    query = krpc.GetPeers(b"ab", bytes(20), b"i" * 20).encode()
    assert read_query(query) == (b"ab", b"get_peers", b"i" * 20)


@pytest.mark.parametrize("name", names("bittorrent/krpc"))
def test_it_reads_what_the_collectors_reader_reads(name: str) -> None:
    try:
        theirs = krpc.decode(vector(name))
    except WireError:
        return  # what BEP 5 prints there is no answer that a node could give
    if isinstance(theirs, krpc.PeersFound):
        ours = read_node(vector(name))
        assert ours.node_id == theirs.node_id
        assert ours.values == set(theirs.values)


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_peer(GREETING + data)
    own_extensions(GREETING + data)
    for read in (read_node, read_query, bdecode):
        with contextlib.suppress(ProtocolError):
            read(data)


@given(
    st.recursive(
        st.integers(-(10**17), 10**17) | st.binary(), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_bencoding_agrees_with_the_collectors(value: bencode.Value) -> None:
    try:
        encoded = bencode.encode(value)
    except WireError:
        return
    if len(str(value)) < 60:
        assert bdecode(encoded) == (value, len(encoded))


def test_nesting_has_an_end() -> None:
    with pytest.raises(ProtocolError, match="too deep"):
        bdecode(b"l" * 100)


def test_a_compact_address_is_short_for_ipv4() -> None:
    assert compact(bytes(10) + b"\xff\xff\xc0\x00\x02\x01", 1) == b"\xc0\x00\x02\x01\x00\x01"
    assert len(compact(b"\x20" * 16, 1)) == 18
