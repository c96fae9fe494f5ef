import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.edonkey.wire import client
from luzeiro.networks.edonkey.wire.client import (
    AichFileHash,
    AnswerSources,
    Aside,
    Crypt,
    FileName,
    FileReqAnsNoFil,
    FileStatus,
    Hello,
    HelloAnswer,
    MuleInfo,
    MultipacketAnswer,
    PublicKey,
)
from luzeiro.networks.edonkey.wire.packet import EDONKEY, EMULE, Packet, PacketStream
from luzeiro.networks.kit.errors import WireError
from tests.vectors import vector

FILE, CONTROL = b"\x11" * 16, b"\xc0" * 16


def said_by(name: str) -> list[client.Message]:
    """All that an aMule sent over one link of the lab."""
    stream = PacketStream(client.LIMITS)
    return [client.decode(packet) for packet in stream.feed(vector(f"edonkey/client/{name}"))]


def only(messages: list[client.Message], kind: type) -> list[client.Message]:
    return [message for message in messages if isinstance(message, kind)]


def test_amule_says_who_it_is() -> None:
    (hello,) = only(said_by("amule-whole"), HelloAnswer)
    assert isinstance(hello, HelloAnswer)
    assert (hello.user_hash[5], hello.user_hash[14], hello.port) == (0x0E, 0x6F, 4662)
    assert (hello.nick, hello.client) == ("lab whole", "aMule 2.3.3")
    assert (hello.is_emule, hello.secure_identification, hello.crypt) == (True, 3, Crypt(0))
    assert hello.server == bytes(6)
    (info,) = only(said_by("amule-whole"), MuleInfo)
    assert isinstance(info, MuleInfo)
    assert info.version == 0x47


def test_amule_that_shares_the_whole_says_so_with_an_empty_part_map() -> None:
    messages = said_by("amule-whole")
    (status,) = only(messages, FileStatus)
    assert isinstance(status, FileStatus)
    assert (status.part_count, status.bits, status.held(3)) == (0, b"", 3)
    assert [message.name for message in messages if isinstance(message, FileName)] == [
        b"listed.bin"
    ]
    assert [len(one.root) for one in messages if isinstance(one, AichFileHash)] == [20]


def test_amule_that_holds_a_part_says_which() -> None:
    (status,) = only(said_by("amule-part"), FileStatus)
    assert isinstance(status, FileStatus)
    assert (status.part_count, status.bits, status.held(3), status.held(1)) == (3, b"\x02", 1, 0)


@pytest.mark.parametrize("name", ["amule-whole", "amule-part"])
def test_amule_refuses_a_hash_that_nobody_has(name: str) -> None:
    assert only(said_by(name), FileReqAnsNoFil) == [FileReqAnsNoFil(CONTROL)]


def test_amule_without_the_file_refuses_both() -> None:
    refused = only(said_by("amule-without"), FileReqAnsNoFil)
    assert len(refused) == 2
    assert only(said_by("amule-without"), FileStatus) == []


def test_amule_shows_its_public_key_to_whom_has_none() -> None:
    (key,) = only(said_by("amule-whole"), PublicKey)
    assert isinstance(key, PublicKey)
    assert len(key.key) == 76


def test_our_hello_says_that_we_share_nothing_and_take_no_calls() -> None:
    (packet,) = PacketStream(client.LIMITS).feed(Hello(b"\x22" * 16).encode())
    message = client.decode(packet)
    assert isinstance(message, HelloAnswer)
    assert (message.user_hash, message.client_id, message.port) == (b"\x22" * 16, 0, 0)
    assert (message.nick, message.server, message.crypt) == ("", bytes(6), Crypt(0))
    assert set(message.tags) == {b"\x01", b"\x11", b"\xfa", b"\xfe"}  # no UDP port, no Kad port
    assert message.secure_identification == 0


def decoded(protocol: int, opcode: int, body: bytes) -> client.Message:
    return client.decode(Packet(protocol, opcode, body))


def test_a_hello_without_a_server_is_read_and_so_is_one_with_more() -> None:
    body = b"\x22" * 16 + bytes(6) + bytes(4)
    for more in (b"", bytes(6), bytes(6) + b"MLDK"):
        message = decoded(EDONKEY, 0x4C, body + more)
        assert isinstance(message, HelloAnswer)
        assert message.client == "eDonkey 0"


def test_a_servers_address_is_turned_into_ours() -> None:
    message = decoded(EDONKEY, 0x4C, b"\x22" * 16 + bytes(10) + b"\xc0\0\2\1" + b"\x35\x12")
    assert isinstance(message, HelloAnswer)
    assert message.server == b"\xc0\0\2\1" + (0x1235).to_bytes(2, "big")


def test_several_answers_come_in_one_packet() -> None:
    body = FILE + b"\x59\x01\0a" + b"\x50\x02\0\x01" + b"\x9d" + b"r" * 20
    assert decoded(EMULE, 0x93, body) == MultipacketAnswer(
        (FileName(FILE, b"a"), FileStatus(FILE, 2, b"\x01"), AichFileHash(FILE, b"r" * 20))
    )
    with pytest.raises(WireError, match="opcode 0x54"):
        decoded(EMULE, 0x93, FILE + b"\x54")


SERVER = b"\xc6\x33\x64\x01\x35\x12"


@pytest.mark.parametrize(
    ("version", "more"), [(1, b""), (3, b"u" * 16), (4, b"u" * 16 + b"\x07"), (2, b"u" * 16)]
)
def test_sources_are_read_in_every_version(version: int, more: bytes) -> None:
    address = b"\xc0\0\2\x01" if version < 3 else b"\x01\2\0\xc0"
    source = address + struct.pack("<H", 4662) + SERVER + more
    message = decoded(EMULE, 0x84, bytes([version]) + FILE + b"\2\0" + source * 2)
    assert isinstance(message, AnswerSources)
    assert len(message.sources) == 2
    told = message.sources[0]
    assert told.address == b"\xc0\0\2\x01\x12\x36"
    assert not told.is_low_id
    assert told.user_hash == (b"u" * 16 if more else None)
    assert told.crypt == (Crypt(7) if version == 4 else Crypt(0))


def test_without_a_version_the_size_of_a_source_tells_it() -> None:
    source = b"\x05\0\0\0" + struct.pack("<H", 4662) + SERVER + b"u" * 16
    message = decoded(EMULE, 0x82, FILE + b"\1\0" + source)
    assert isinstance(message, AnswerSources)
    assert message.sources[0].is_low_id
    assert decoded(EMULE, 0x82, FILE + b"\0\0") == AnswerSources(FILE, ())


@pytest.mark.parametrize("body", [b"\1\0" + b"x" * 13, b"\2\0" + b"x" * 12, b"\3\0" + b"x" * 30])
def test_sources_that_do_not_add_up_are_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        decoded(EMULE, 0x82, FILE + body)


def test_a_file_name_beyond_reason_is_refused() -> None:
    with pytest.raises(WireError, match="a file name of 5000 bytes"):
        decoded(EDONKEY, 0x59, FILE + struct.pack("<H", 5000) + b"a" * 5000)


def test_a_part_map_shorter_than_it_says_is_refused() -> None:
    with pytest.raises(WireError, match="cut short"):
        decoded(EDONKEY, 0x50, FILE + struct.pack("<H", 100) + b"\xff")


def test_questions_to_us_are_passed_over() -> None:
    assert decoded(EDONKEY, 0x54, FILE) == Aside(EDONKEY, 0x54)
    assert decoded(EMULE, 0x92, b"anything") == Aside(EMULE, 0x92)


@pytest.mark.parametrize(
    ("version", "told"),
    [(3 << 24 | 2 << 17 | 3 << 10 | 3 << 7, "aMule 2.3.3"), (50 << 17, "eMule 50.0.0")],
)
def test_the_version_is_told_as_claimed(version: int, told: str) -> None:
    tags: dict[bytes, int | bytes] = {b"\xfb": version}
    assert HelloAnswer(FILE, 0, 0, tags, bytes(6)).client == told
    assert HelloAnswer(FILE, 0, 0, {**tags, b"\x55": b"mod"}, bytes(6)).client == f"{told} [mod]"


@given(
    st.sampled_from([EDONKEY, EMULE]),
    st.one_of(st.integers(0, 255), st.sampled_from([0x4C, 0x50, 0x59, 0x82, 0x84, 0x93])),
    st.binary(max_size=400),
)
def test_any_packet_is_a_message_or_a_wire_error(protocol: int, opcode: int, body: bytes) -> None:
    try:
        decoded(protocol, opcode, body)
    except WireError:
        return
