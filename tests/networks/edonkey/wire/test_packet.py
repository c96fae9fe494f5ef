import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.edonkey.wire.client import LIMITS
from luzeiro.networks.edonkey.wire.packet import (
    CONTENT,
    EDONKEY,
    EMULE,
    OTHER_LIMIT,
    PACKED,
    Packet,
    PacketStream,
)
from luzeiro.networks.kit.errors import ContentSent, WireError


def packet(protocol: int, opcode: int, body: bytes = b"") -> bytes:
    return struct.pack("<BIB", protocol, len(body) + 1, opcode) + body


def fed(data: bytes) -> list[Packet]:
    return list(PacketStream(LIMITS).feed(data))


def test_packets_are_cut_out_with_the_bytes_as_they_came() -> None:
    first, second = packet(EDONKEY, 0x48, b"h" * 16), packet(EMULE, 0x60, b"12")
    assert fed(first + second) == [
        Packet(EDONKEY, 0x48, b"h" * 16, first),
        Packet(EMULE, 0x60, b"12", second),
    ]


@given(st.lists(st.integers(1, 60), max_size=30))
def test_it_does_not_matter_how_a_stream_is_cut(sizes: list[int]) -> None:
    data = packet(EDONKEY, 0x59, b"name") + packet(EMULE, 0x81, b"h" * 16) + packet(EMULE, 2)
    stream, found, at = PacketStream(LIMITS), list[Packet](), 0
    for size in [*sizes, len(data)]:
        found += list(stream.feed(data[at : at + size]))
        at += size
    assert found == fed(data)
    assert stream.unread == 0


@pytest.mark.parametrize(("protocol", "opcode"), sorted(CONTENT))
def test_content_is_refused_at_its_header(protocol: int, opcode: int) -> None:
    stream = PacketStream(LIMITS)
    with pytest.raises(ContentSent):
        list(stream.feed(struct.pack("<BIB", protocol, 200_000, opcode)))
    assert stream.unread == 6  # not even the header counts as looked at: all of it is cut


def test_packed_content_is_refused_too() -> None:
    with pytest.raises(ContentSent):
        fed(struct.pack("<BIB", PACKED, 50, 0x40) + b"x" * 49)


def test_a_packed_packet_is_opened() -> None:
    (found,) = fed(packet(PACKED, 0x93, zlib.compress(b"answer")))
    assert (found.protocol, found.opcode, found.body) == (EMULE, 0x93, b"answer")


def test_a_length_beyond_the_bound_is_refused_at_the_header() -> None:
    stream = PacketStream(LIMITS)
    with pytest.raises(WireError, match="opcode 0x4e"):
        list(stream.feed(struct.pack("<BIB", EDONKEY, OTHER_LIMIT + 2, 0x4E) + b"words"))
    assert stream.unread == 5


def test_a_length_of_nothing_is_refused() -> None:
    with pytest.raises(WireError, match="0 bytes"):
        fed(struct.pack("<BIB", EDONKEY, 0, 1))


def test_another_protocol_is_refused_at_its_first_byte() -> None:
    with pytest.raises(WireError, match="protocol 0x13"):
        fed(b"\x13")
