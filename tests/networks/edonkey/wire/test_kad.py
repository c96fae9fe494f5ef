import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.edonkey.wire import kad
from luzeiro.networks.edonkey.wire.kad import (
    Aside,
    BootstrapReq,
    BootstrapRes,
    Kademlia2Req,
    Kademlia2Res,
    KadSource,
    SearchRes,
    SearchSourceReq,
    from_words,
    to_words,
)
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.endpoint import Endpoint
from tests.vectors import vector

TARGET, NODE = bytes(range(16)), bytes(range(16, 32))


def test_ids_travel_as_four_little_endian_words() -> None:
    assert to_words(TARGET) == bytes((3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12))
    assert from_words(to_words(TARGET)) == TARGET


def test_the_three_questions_have_the_bytes_that_amule_reads() -> None:
    assert BootstrapReq().encode() == b"\xe4\x01"
    assert Kademlia2Req(TARGET, NODE).encode() == (
        b"\xe4\x21\x0b" + to_words(TARGET) + to_words(NODE)
    )
    assert SearchSourceReq(TARGET, 5, 300).encode() == (
        b"\xe4\x34" + to_words(TARGET) + struct.pack("<HQ", 300, 5)
    )


def test_amule_tells_of_itself_and_of_five_others() -> None:
    message = kad.decode(vector("edonkey/kad/amule-bootstrap-res"))
    assert isinstance(message, BootstrapRes)
    assert (message.tcp_port, message.version, len(message.contacts)) == (4662, 8, 5)
    hosts = {Endpoint.from_compact(contact.address).host for contact in message.contacts}
    assert len(hosts) == 5
    assert {contact.address[4:] for contact in message.contacts} == {(4672).to_bytes(2, "big")}


def test_amule_tells_of_nodes_near_a_file() -> None:
    message = kad.decode(vector("edonkey/kad/amule-res"))
    assert isinstance(message, Kademlia2Res)
    assert len(message.contacts) == 5
    assert sum(contact.node_id[0] == message.target[0] for contact in message.contacts) == 4


def test_amule_tells_of_sources_packed_and_plain_alike() -> None:
    packed = kad.decode(vector("edonkey/kad/amule-search-res-packed"))
    assert packed == kad.decode(vector("edonkey/kad/amule-search-res"))
    assert isinstance(packed, SearchRes)
    assert len(packed.sources) == 5
    assert {source.type for source in packed.sources} == {1}
    assert {source.size_bytes for source in packed.sources} == {29_060_543}
    assert all(source.is_open and source.tcp[4:] == b"\x12\x36" for source in packed.sources)
    assert all(source.user_hash[5::9] == b"\x0e\x6f" for source in packed.sources)
    assert sorted(source.crypt_options for source in packed.sources) == [0, 0, 0, 0, 4]


def test_a_firewalled_source_names_its_buddy_in_network_order() -> None:
    source = KadSource(b"h" * 16, {b"\xff": 3, b"\xfb": 0x010200C0, b"\xfa": 4672})
    assert source.buddy is not None
    assert str(Endpoint.from_compact(source.buddy)) == "192.0.2.1:4672"
    assert not source.is_open


def test_a_question_to_us_is_passed_over_unread() -> None:
    assert kad.decode(b"\xe4\x60") == Aside(0x60)
    assert kad.decode(b"\xe4\x44" + b"publish") == Aside(0x44)


@pytest.mark.parametrize("name", ["bootstrap-res", "res", "search-res"])
def test_a_message_cut_anywhere_or_longer_is_refused(name: str) -> None:
    data = vector(f"edonkey/kad/amule-{name}")
    for size in range(2, len(data)):
        with pytest.raises(WireError):
            kad.decode(data[:size])
    with pytest.raises(WireError, match="after the message's end"):
        kad.decode(data + b"\0")


def test_more_contacts_than_anybody_gives_are_refused() -> None:
    with pytest.raises(WireError, match="200 contacts"):
        kad.decode(b"\xe4\x29" + bytes(16) + b"\xc8" + bytes(200 * 25))


@given(st.binary(max_size=1500), st.sampled_from([b"", b"\xe4\x09", b"\xe4\x29", b"\xe4\x3b"]))
def test_any_datagram_is_a_message_or_a_wire_error(data: bytes, head: bytes) -> None:
    try:
        kad.decode(head + data)
    except WireError:
        return
