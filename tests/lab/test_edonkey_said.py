"""The reader of captures calls by its name whatever may not be said."""

import struct

import pytest

from lab.capture import Stream
from lab.edonkey.said import _datagram, _stream
from luzeiro.networks.edonkey.wire import client, kad, server
from luzeiro.networks.edonkey.wire.obfuscation import (
    ObfuscatedDatagram,
    ObfuscatedStream,
    ObfuscationRequest,
)

FILE, HASH, NODE = b"\x11" * 16, b"\x22" * 16, bytes(range(16))
LINK = ("192.0.2.1:5000", "192.0.2.2:4662")
ASKED = (
    client.Hello(HASH).encode()
    + client.SetReqFileId(FILE).encode()
    + client.RequestFileName(FILE).encode()
)


def told(sent: bytes, keys: dict[tuple[str, str], bytes] | None = None) -> list[tuple[str, bool]]:
    return list(_stream(Stream(LINK, {1: sent}), keys or {}))


def packet(protocol: int, opcode: int, body: bytes) -> bytes:
    return struct.pack("<BIB", protocol, len(body) + 1, opcode) + body


def test_what_may_be_said_is_counted_by_its_kind() -> None:
    assert told(ASKED) == [
        ("hello", True),
        ("file status request", True),
        ("file name request", True),
    ]


@pytest.mark.parametrize(
    ("protocol", "opcode"),
    [(0xE3, 0x54), (0xE3, 0x47), (0xC5, 0xA3), (0xE3, 0x15), (0xE3, 0x51), (0xC5, 0x92)],
    ids=["upload", "parts", "parts, 64 bit", "offer", "hash set", "multipacket"],
)
def test_a_request_to_upload_for_parts_or_an_offer_is_a_violation(
    protocol: int, opcode: int
) -> None:
    kind, allowed = told(ASKED + packet(protocol, opcode, FILE))[-1]
    assert (kind, allowed) == (f"packet {protocol:#04x} {opcode:#04x}", False)


def test_a_question_with_more_than_a_hash_is_a_violation() -> None:
    assert told(packet(0xE3, 0x4F, FILE + b"more"))[-1][1] is False


def test_an_obfuscated_link_is_read_with_its_key_and_unexplained_without() -> None:
    stream = ObfuscatedStream(ObfuscationRequest(HASH, b"1234", 0x77, b"pad"))
    sent = stream.opening() + stream.encrypt(ASKED + packet(0xE3, 0x54, FILE))
    kinds = told(sent, {LINK: HASH})
    assert kinds[0] == ("obfuscated hello", True)
    assert kinds[-1] == ("obfuscated packet 0xe3 0x54", False)
    assert told(sent)[0][1] is False
    assert told(sent, {LINK: FILE})[0][1] is False


def test_of_datagrams_the_three_questions_alone_may_be_sent() -> None:
    question = kad.SearchSourceReq(FILE, 5).encode()
    assert _datagram(question, [NODE]) == ("Kad source request", True)
    hidden = ObfuscatedDatagram(question, NODE, b"ab", 0x08, b"keys").encode()
    assert _datagram(hidden, [NODE]) == ("obfuscated Kad source request", True)
    assert _datagram(hidden, [FILE])[1] is False
    for opcode in (0x11, 0x33, 0x43, 0x44, 0x45):  # hello, keyword search, three kinds of publish
        assert _datagram(bytes((0xE4, opcode)) + bytes(26), [NODE])[1] is False


def test_a_server_may_hear_a_log_in_and_questions_and_no_offer() -> None:
    sent = server.LoginRequest(HASH).encode() + server.GetSources(FILE, 5).encode()
    stream = Stream(LINK, {1: sent})
    assert list(_stream(stream, {}, {LINK[1]})) == [
        ("server log-in", True),
        ("server sources request", True),
    ]
    assert list(_stream(stream, {}))[-1][1] is False  # to a client it may not be said
    offering = Stream(LINK, {1: sent + packet(0xE3, 0x15, bytes(4))})
    assert list(_stream(offering, {}, {LINK[1]}))[-1] == ("packet 0xe3 0x15", False)
