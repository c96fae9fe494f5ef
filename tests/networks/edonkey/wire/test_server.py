import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.edonkey.wire import server
from luzeiro.networks.edonkey.wire.packet import EDONKEY, Packet
from luzeiro.networks.edonkey.wire.server import (
    Aside,
    FoundSources,
    GetSources,
    GlobGetSources,
    IdChange,
    LoginRequest,
    Reject,
    ServerMessage,
    ServerSource,
)
from luzeiro.networks.kit.errors import WireError

FILE, OTHER = b"\x11" * 16, b"\x22" * 16
HIGH = b"\xc0\0\2\1" + struct.pack("<H", 4662)  # 192.0.2.1
LOW = struct.pack("<IH", 4711, 0)


def test_the_log_in_names_no_port_and_no_nick() -> None:
    said = LoginRequest(b"u" * 16).encode()
    assert said[:6] == struct.pack("<BIB", EDONKEY, len(said) - 5, 0x01)
    assert said[6:28] == b"u" * 16 + bytes(6)
    assert said[28:32] == struct.pack("<I", 3)
    assert said[32:38] == b"\x02\x01\0\x01\0\0"  # CT_NAME, a string of no bytes


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (None, b""),
        (5, struct.pack("<I", 5)),
        (2**32 - 1, b"\xff" * 4),
        (2**32, bytes(4) + struct.pack("<Q", 2**32)),
    ],
)
def test_a_question_names_hash_and_size(size: int | None, told: bytes) -> None:
    assert GetSources(FILE, size).encode()[5:] == b"\x19" + FILE + told
    assert GetSources(FILE, size, with_hashes=True).encode()[5:] == b"\x23" + FILE + told


def test_many_hashes_go_in_one_datagram() -> None:
    sized = GlobGetSources([(FILE, 1), (OTHER, 2)]).encode()
    assert sized == b"\xe3\x94" + FILE + struct.pack("<I", 1) + OTHER + struct.pack("<I", 2)
    assert GlobGetSources([(FILE, 1), (OTHER, None)]).encode() == b"\xe3\x9a" + FILE + OTHER


def decoded(opcode: int, body: bytes) -> server.Message:
    return server.decode(Packet(EDONKEY, opcode, body))


def test_sources_are_high_ids_with_an_address_and_low_ids_without() -> None:
    message = decoded(0x42, FILE + b"\x02" + HIGH + LOW)
    assert isinstance(message, FoundSources)
    high, low = message.sources
    assert (high.is_low_id, high.address) == (False, b"\xc0\0\2\1\x12\x36")
    assert (low.is_low_id, low.client_id, low.port) == (True, 4711, 0)


def test_user_hashes_come_where_the_servers_flag_says_so() -> None:
    body = FILE + b"\x02" + HIGH + b"\x83" + b"u" * 16 + HIGH + b"\x01"
    message = decoded(0x44, body)
    assert isinstance(message, FoundSources)
    assert [(one.user_hash, one.crypt) for one in message.sources] == [(b"u" * 16, 3), (None, 1)]


def test_the_log_in_is_answered_in_several_ways() -> None:
    assert decoded(0x40, struct.pack("<I", 7)) == IdChange(7, 0)
    assert decoded(0x40, struct.pack("<II", 7, 0x400) + b"more") == IdChange(7, 0x400)
    assert decoded(0x38, b"\x02\0hi") == ServerMessage(b"hi")
    assert decoded(0x05, b"") == Reject()
    assert decoded(0x34, b"counts") == Aside(0x34)


def test_answers_by_udp_follow_each_other() -> None:
    one = b"\xe3\x9b" + FILE + b"\x01" + HIGH
    two = b"\xe3\x9b" + OTHER + b"\x00"
    assert server.decode_udp(one + two) == [
        FoundSources(FILE, (ServerSource(int.from_bytes(HIGH[:4], "little"), 4662),)),
        FoundSources(OTHER, ()),
    ]
    for size in range(len(one)):
        with pytest.raises(WireError):
            server.decode_udp(one[:size])


@given(st.one_of(st.integers(0, 255), st.sampled_from([0x38, 0x40, 0x42, 0x44])), st.binary())
def test_any_packet_is_a_message_or_a_wire_error(opcode: int, body: bytes) -> None:
    try:
        decoded(opcode, body)
        server.decode_udp(bytes([EDONKEY, 0x9B]) + body)
    except WireError:
        return
