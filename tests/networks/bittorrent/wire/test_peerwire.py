from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.wire import peerwire
from luzeiro.networks.bittorrent.wire.peerwire import (
    Aside,
    Bitfield,
    Extended,
    Handshake,
    Have,
    HaveAll,
    HaveNone,
    HoldsNone,
    Message,
    Stream,
    decode_handshake,
    our_reserved,
)
from luzeiro.networks.kit.errors import ContentSent, WireError
from tests.vectors import headers, names, vector

INFOHASH, PEER_ID = b"\x11" * 20, b"-XX0000-invented-id."
KNOWN = st.sampled_from(
    [
        b"\x00\x00\x00\x00",
        b"\x00\x00\x00\x01\x01",
        b"\x00\x00\x00\x01\x0e",
        b"\x00\x00\x00\x01\x0f",
        b"\x00\x00\x00\x05\x04\x00\x00\x00\x07",
        b"\x00\x00\x00\x03\x05\xff\x80",
        b"\x00\x00\x00\x04\x14\x00de",
        b"\x00\x00\x00\x03\x09\x1a\xe1",
        b"\x00\x00\x00\x09\x07\x00\x00\x00\x00\x00\x00\x00\x00",
    ]
)
STREAMS = st.lists(KNOWN | st.binary(max_size=12), max_size=12).map(b"".join)


def heard(*chunks: bytes) -> tuple[list[Message], str | None]:
    """The messages of a stream that came in these chunks, and the error that ended it."""
    stream, messages = Stream(), list[Message]()
    try:
        for chunk in chunks:
            messages.extend(stream.feed(chunk))
    except WireError as error:
        return messages, f"{type(error).__name__}: {error}"
    return messages, None


def test_our_handshake_is_68_bytes_as_bep_3_lays_them_out() -> None:
    sent = Handshake(INFOHASH, PEER_ID, our_reserved(v2=False)).encode()
    assert (
        sent == b"\x13BitTorrent protocol" + bytes.fromhex("0000000000100004") + INFOHASH + PEER_ID
    )
    assert decode_handshake(sent) == Handshake(INFOHASH, PEER_ID, our_reserved(v2=False))


def test_the_v2_bit_goes_with_a_v2_infohash_alone() -> None:
    assert our_reserved(v2=True) == bytes.fromhex("0000000000100014")


def test_we_say_that_we_hold_nothing() -> None:
    assert HaveNone().encode() == b"\x00\x00\x00\x01\x0f"


def test_only_the_handshake_and_have_none_can_be_said() -> None:
    messages = (Aside, Bitfield, Extended, Have, HaveAll, HoldsNone, Handshake, HaveNone)
    assert {message for message in messages if hasattr(message, "encode")} == peerwire.SAYS


@pytest.mark.parametrize("size", [0, 1, 20, 67, 69])
def test_a_handshake_of_another_length_is_refused(size: int) -> None:
    whole = Handshake(INFOHASH, PEER_ID, bytes(8)).encode() + b"\0"
    with pytest.raises(WireError):
        decode_handshake(whole[:size])


def test_another_protocol_is_refused() -> None:
    with pytest.raises(WireError, match="not a BitTorrent handshake"):
        decode_handshake(b"\x13BitTorrent protocoL" + bytes(48))


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        ("00000000", Aside(None)),
        ("0000000100", Aside(0)),
        ("0000000101", Aside(1)),
        ("000000010e", HaveAll()),
        ("000000010f", HoldsNone()),
        ("0000000504 00000102", Have(258)),
        ("0000000305 f080", Bitfield(b"\xf0\x80")),
        ("0000000105", Bitfield(b"")),
        ("0000000d06" + "00" * 12, Aside(6)),
        ("0000000309 1ae1", Aside(9)),
        ("0000000511 00000001", Aside(17)),
        ("0000000314 01 6c", Extended(1, b"l")),
        ("00000002ff 00", Aside(255)),
    ],
)
def test_reads_each_message_of_the_specifications(wire: str, message: Message) -> None:
    assert heard(bytes.fromhex(wire)) == ([message], None)


@pytest.mark.parametrize(
    "wire",
    [
        "000000020e 00",  # HAVE_ALL with a payload
        "000000020f 00",
        "0000000404 000000",  # HAVE of 3 bytes
        "0000000604 0000000000",
        "0000000114",  # an extended message without its number
        "0000000200 00",  # choke with a payload
        "0000000c06" + "00" * 11,
        "0000000209 1a",
    ],
)
def test_a_message_of_a_wrong_size_is_refused(wire: str) -> None:
    messages, error = heard(bytes.fromhex(wire))
    assert not messages
    assert error is not None
    assert error.startswith("WireError")


def test_the_error_says_where_in_the_stream_the_message_began() -> None:
    assert heard(b"\0\0\0\x01\x01\0\0", b"\0\x02\x0e\0") == (
        [Aside(1)],
        "WireError: HAVE_ALL of 2 bytes, at byte 5 (BEP 3)",
    )


def test_the_largest_bitfield_is_read_and_one_byte_more_is_refused_at_its_header() -> None:
    bits = bytes(peerwire.PIECES_LIMIT // 8)
    assert heard((len(bits) + 1).to_bytes(4, "big") + b"\x05" + bits) == ([Bitfield(bits)], None)
    messages, error = heard((len(bits) + 2).to_bytes(4, "big") + b"\x05")
    assert (messages, error and error.startswith("WireError: BITFIELD of")) == ([], True)


@pytest.mark.parametrize(
    ("message_id", "limit"),
    [
        (20, peerwire.EXTENDED_LIMIT),
        (22, peerwire.OTHER_LIMIT),  # hashes (BEP 52): nobody asked for them
        (99, peerwire.OTHER_LIMIT),
    ],
)
def test_what_nobody_asked_for_is_bounded_at_its_header(message_id: int, limit: int) -> None:
    header = bytes([message_id])
    assert heard(limit.to_bytes(4, "big") + header) == ([], None)
    _, error = heard((limit + 1).to_bytes(4, "big") + header)
    assert error is not None
    assert error.endswith(f" of {limit + 1} bytes, at byte 0 (BEP 3)")


def test_a_fixed_size_is_checked_before_the_rest_has_come() -> None:
    assert heard(b"\0\x01\0\0\x04")[1] == "WireError: HAVE of 65536 bytes, at byte 0 (BEP 3)"


def test_a_large_message_in_single_bytes_is_read_in_linear_time() -> None:
    bits = bytes(peerwire.PIECES_LIMIT // 8)
    wire = (len(bits) + 1).to_bytes(4, "big") + b"\x05" + bits
    chunks = (wire[place : place + 1] for place in range(len(wire)))
    assert heard(*chunks) == ([Bitfield(bits)], None)  # half a minute if each byte copied the rest


@pytest.mark.parametrize("length", [1, 9, 16_393, 2**32 - 1])
def test_a_piece_is_refused_at_its_header_whatever_its_length(length: int) -> None:
    stream = Stream()
    assert not list(stream.feed(length.to_bytes(4, "big")))
    with pytest.raises(ContentSent):
        list(stream.feed(b"\x07"))


def test_not_a_byte_of_a_piece_is_held() -> None:
    stream = Stream()
    with pytest.raises(ContentSent):
        list(stream.feed(b"\0\0\0\x01\x01" + b"\0\0\x40\x09\x07" + bytes(8) + b"content" * 100))
    assert not stream._buffer
    assert stream.unread == 5 + 8 + 700  # so that whoever recorded the bytes can forget them


@given(STREAMS, st.lists(st.integers(0, 80), max_size=8))
def test_any_stream_in_any_chunks_gives_the_same_messages_and_the_same_error(
    data: bytes, cuts: list[int]
) -> None:
    edges = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    assert heard(*(data[start:end] for start, end in pairwise(edges))) == heard(data)


@given(STREAMS)
def test_what_a_stream_leaves_unread_is_what_no_message_covered(data: bytes) -> None:
    stream, covered = Stream(), 0
    try:
        for message in stream.feed(data):
            covered = len(data) - stream.unread
            assert message is not None
    except ContentSent:
        assert not stream._buffer
    except WireError:
        assert not stream._buffer
        covered += 5  # the header of the malformed message has been looked at
    assert stream.unread == len(data) - covered


@given(st.binary(max_size=100))
def test_any_68_bytes_are_a_handshake_or_a_wire_error(data: bytes) -> None:
    for head in (data, peerwire.PROTOCOL + data):
        try:
            assert decode_handshake(head).encode() == head
        except WireError:
            assert len(head) != 68 or not head.startswith(peerwire.PROTOCOL)


@pytest.mark.parametrize("name", names("bittorrent/peerwire"))
def test_what_real_clients_sent_is_read_as_its_vector_says(name: str) -> None:
    if headers(name).get("part", "link") != "link":
        pytest.skip("not a whole link")
    data = vector(name)
    assert len(decode_handshake(data[:68]).peer_id) == 20
    messages, error = heard(data[68:])
    assert error is None
    read = [type(message).__name__ for message in messages]
    assert " ".join(read) == headers(name)["expect"]
