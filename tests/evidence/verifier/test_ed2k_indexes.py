import struct

import pytest

from luzeiro.evidence.verifier.ed2k_indexes import (
    NOWHERE,
    kad_id,
    read_exchanged_sources,
    read_search_answer,
    read_search_question,
    read_server_answer,
    read_server_datagram,
    read_server_question,
)
from luzeiro.evidence.verifier.ed2k_packets import Ed2kError, Ed2kPacket
from luzeiro.networks.edonkey.wire import kad
from luzeiro.networks.edonkey.wire.server import GetSources, GlobGetSources
from tests.networks.edonkey.answers import FILE, PEER_HASH, source
from tests.vectors import vector

HOST = b"\xc6\x33\x64\x09"
BIG = 5 << 32


@pytest.mark.parametrize("name", ["search-res", "search-res-packed"])
def test_amules_answer_is_read_as_the_collector_reads_it(name: str) -> None:
    data = vector(f"edonkey/kad/amule-{name}")
    ours, theirs = read_search_answer(data), kad.decode(data)
    assert isinstance(theirs, kad.SearchRes)
    assert (ours.node_id, ours.digest) == (theirs.node_id, theirs.target)
    assert [(one.where, one.user_hash, one.size_bytes) for one in ours.told_of] == [
        (one.tcp, one.user_hash, one.size_bytes) for one in theirs.sources
    ]


def test_an_answer_with_something_after_it_or_missing_is_none() -> None:
    data = vector("edonkey/kad/amule-search-res")
    for broken in (data + b"\0", data[:-1], data[:1], b"\xe4\x29" + data[2:], b"\xe5" + data[1:]):
        with pytest.raises(Ed2kError):
            read_search_answer(broken)


def test_an_id_travels_as_four_words_and_back() -> None:
    assert kad_id(bytes(range(16))).hex() == "03020100070605040b0a09080f0e0d0c"
    assert kad_id(kad_id(FILE)) == FILE


def test_a_search_names_its_file() -> None:
    assert read_search_question(kad.SearchSourceReq(PEER_HASH, 7).encode()) == PEER_HASH
    for other in (kad.BootstrapReq().encode(), kad.SearchSourceReq(FILE, 7).encode() + b"\0"):
        with pytest.raises(Ed2kError):
            read_search_question(other)


@pytest.mark.parametrize("size", [None, 5, BIG])
@pytest.mark.parametrize("with_hashes", [False, True])
def test_a_question_to_a_server_names_its_file(size: int | None, with_hashes: bool) -> None:
    assert read_server_question(GetSources(FILE, size, with_hashes).encode()) == {FILE}


@pytest.mark.parametrize("sizes", [(5, BIG), (None, None), (BIG, 5)])
def test_a_question_by_udp_names_its_files(sizes: tuple[int | None, ...]) -> None:
    files = list(zip((FILE, PEER_HASH), sizes, strict=True))
    assert read_server_question(GlobGetSources(files).encode()) == {FILE, PEER_HASH}


@pytest.mark.parametrize("said", [b"", b"\xe3\x15\0", b"\xe3\x02\0\0\0\x19a", b"\xe4\x34"])
def test_anything_else_said_to_a_server_is_an_error(said: bytes) -> None:
    with pytest.raises(Ed2kError):
        read_server_question(said)


def test_a_servers_answer_names_addresses_and_low_ids() -> None:
    plain = FILE + b"\x02" + HOST + b"\x36\x12" + b"\x07\0\0\0\0\0"
    digest, told = read_server_answer(Ed2kPacket(0xE3, 0x42, plain, 0))
    assert digest == FILE
    assert [(one.where, one.user_hash) for one in told] == [
        (HOST + b"\x12\x36", None),
        (NOWHERE, None),
    ]
    hashed = FILE + b"\x01" + HOST + b"\x36\x12" + b"\x83" + PEER_HASH
    assert read_server_answer(Ed2kPacket(0xE3, 0x44, hashed, 0))[1][0].user_hash == PEER_HASH
    with pytest.raises(Ed2kError):
        read_server_answer(Ed2kPacket(0xE3, 0x38, plain, 0))
    several = read_server_datagram(b"\xe3\x9b" + plain + b"\xe3\x9b" + plain)
    assert [one.where for one in several[FILE]] == [HOST + b"\x12\x36", NOWHERE] * 2
    with pytest.raises(Ed2kError):
        read_server_datagram(b"")


@pytest.mark.parametrize("opcode", [0x82, 0x84])
def test_another_client_names_addresses_and_low_ids(opcode: int) -> None:
    version = b"\x03" if opcode == 0x84 else b""
    body = version + FILE + struct.pack("<H", 2) + source(HOST) + source(b"\0\0\0\x05")
    about, told = read_exchanged_sources(Ed2kPacket(0xC5, opcode, body, 0))
    assert about == FILE
    assert [one.where for one in told] == [HOST + b"\x12\x36", NOWHERE]
    assert told[0].user_hash == PEER_HASH
    for broken in (body[:-1], b"\x09" + body[1:] if version else body + b"\0"):
        with pytest.raises(Ed2kError):
            read_exchanged_sources(Ed2kPacket(0xC5, opcode, broken, 0))


def test_old_clients_write_addresses_in_network_order() -> None:
    body = FILE + struct.pack("<H", 1) + HOST + b"\x36\x12" + bytes(6)
    assert read_exchanged_sources(Ed2kPacket(0xC5, 0x82, body, 0))[1][0].where == HOST + b"\x12\x36"
