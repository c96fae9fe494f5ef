import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.wire import bencode, extension
from luzeiro.networks.bittorrent.wire.extension import (
    METADATA_PIECE_BYTES,
    PEX_LIMIT,
    ExtensionHandshake,
    MetadataAsked,
    MetadataData,
    MetadataReject,
    MetadataRequest,
    PeerExtensions,
    decode_handshake,
    decode_metadata,
    decode_pex,
)
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.endpoint import Endpoint

V4 = b"\xc0\x00\x02\x01\x1a\xe1"  # 192.0.2.1:6881
V6 = bytes.fromhex("20010db8000000000000000000000001") + b"\x1a\xe1"
WORDS = st.sampled_from([b"m", b"v", b"p", b"metadata_size", b"msg_type", b"piece", b"added"])
VALUES = st.recursive(
    st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=14),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


def test_we_say_which_extensions_we_listen_to_and_nothing_else() -> None:
    assert ExtensionHandshake(False).encode() == b"\0\0\0\x14\x14\x00d1:md6:ut_pexi1eee"
    with_metadata = b"d1:md11:ut_metadatai2e6:ut_pexi1eee"
    assert ExtensionHandshake(True).encode() == (
        (2 + len(with_metadata)).to_bytes(4, "big") + b"\x14\x00" + with_metadata
    )


def test_a_metadata_request_is_framed_under_the_number_that_the_peer_gave() -> None:
    assert MetadataRequest(3, 7).encode() == b"\0\0\0\x1b\x14\x03d8:msg_typei0e5:piecei7ee"


def test_only_the_handshake_and_the_metadata_request_can_be_said() -> None:
    classes = [each for each in vars(extension).values() if isinstance(each, type)]
    assert {each for each in classes if hasattr(each, "encode")} == extension.SAYS


def test_reads_what_an_extension_handshake_says() -> None:
    told = decode_handshake(
        b"d1:md11:ut_metadatai3e6:ut_pexi1ee13:metadata_sizei31235e1:pi6881e"
        b"11:upload_onlyi1e1:v12:Invented 1.0e"
    )
    assert told == PeerExtensions(
        numbers={b"ut_metadata": 3, b"ut_pex": 1},
        client="Invented 1.0",
        listen_port=6881,
        metadata_size=31235,
        upload_only=True,
    )


@pytest.mark.parametrize(
    "payload",
    [
        b"de",
        b"d1:mi5ee",
        b"d1:md6:ut_pexi256eee",
        b"d1:md6:ut_pex1:1ee",
        b"d13:metadata_sizei0e1:pi0ee",
        b"d13:metadata_sizei16777217e1:pi65536ee",
        b"d11:upload_only1:11:vi5ee",
        b"de padding that some clients send",
    ],
)
def test_a_field_of_another_type_or_out_of_range_is_passed_over(payload: bytes) -> None:
    told = decode_handshake(payload)
    assert (told.client, told.listen_port, told.metadata_size, told.upload_only) == (None,) * 4
    assert not told.numbers


def test_a_client_name_is_shown_as_claimed_but_never_long() -> None:
    assert decode_handshake(b"d1:v3:a\xffbe").client == "a\\xffb"
    name = b"x" * 5_000
    assert decode_handshake(b"d1:v5000:" + name + b"e").client == "x" * 100


@pytest.mark.parametrize("payload", [b"", b"le", b"i1e", b"d1:v", b"d1:v1:a1:v1:be"])
def test_a_handshake_that_is_no_dictionary_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError, match="BEP 10"):
        decode_handshake(payload)


def test_reads_the_messages_of_bep_9() -> None:
    data = b"d8:msg_typei1e5:piecei2e10:total_sizei40000ee" + b"xyz"
    assert decode_metadata(data) == MetadataData(2, 40000, b"xyz")
    assert decode_metadata(b"d8:msg_typei0e5:piecei2ee") == MetadataAsked(2)
    assert decode_metadata(b"d8:msg_typei2e5:piecei2ee") == MetadataReject(2)


@pytest.mark.parametrize(
    "payload",
    [
        b"d8:msg_typei3e5:piecei0ee",
        b"d8:msg_typei1e5:piecei-1ee",
        b"d8:msg_typei1ee",
        b"d5:piecei0ee",
        b"d8:msg_type1:15:piecei0ee",
        b"d8:msg_typele5:piecei0ee",
        b"le",
        b"",
        b"d8:msg_typei1e5:piecei0ee" + bytes(METADATA_PIECE_BYTES + 1),
    ],
)
def test_other_metadata_messages_are_refused(payload: bytes) -> None:
    with pytest.raises(WireError, match="BEP 9"):
        decode_metadata(payload)


def test_reads_the_peers_told_of_both_kinds_and_passes_over_the_dropped() -> None:
    told = decode_pex(b"d5:added6:" + V4 + b"6:added618:" + V6 + b"7:dropped6:" + V4 + b"e")
    assert told.added == (Endpoint.parse("192.0.2.1", 6881), Endpoint.parse("2001:db8::1", 6881))


def test_a_peer_told_of_with_port_0_is_passed_over() -> None:
    assert decode_pex(b"d5:added12:" + V4[:4] + b"\0\0" + V4 + b"e").added == (
        Endpoint.parse("192.0.2.1", 6881),
    )


def test_of_one_message_no_more_than_the_limit_is_kept() -> None:
    many = V4 * 3 * PEX_LIMIT
    assert len(decode_pex(b"d5:added%d:" % len(many) + many + b"e").added) == PEX_LIMIT


@pytest.mark.parametrize(
    "payload",
    [b"", b"le", b"d5:added5:12345e", b"d5:addedi1ee", b"d6:added66:" + V4 + b"e", b"dee"],
)
def test_a_pex_message_cut_off_within_an_address_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError, match="BEP 11"):
        decode_pex(payload)


@given(VALUES.map(bencode.encode) | st.binary(max_size=60), st.binary(max_size=4))
def test_any_payload_is_a_message_or_a_wire_error(payload: bytes, rest: bytes) -> None:
    for decode in (decode_handshake, decode_metadata, decode_pex):
        try:
            decode(payload + rest)
        except WireError as error:
            assert str(error)
