import struct
import zlib
from collections.abc import Sequence

import pytest

from luzeiro.evidence.verifier.ed2k_packets import (
    ContentError,
    Ed2kError,
    Fields,
    number_of,
    packets,
    unpacked,
)
from luzeiro.evidence.verifier.exchange import RawFrame, RawTranscript
from luzeiro.networks.edonkey.wire.tags import read_tags
from luzeiro.networks.kit.reader import Reader
from tests.networks.edonkey.answers import EDONKEY, EMULE, packet


def link(received: Sequence[bytes] = (), sent: bytes = b"") -> RawTranscript:
    frames = [RawFrame("<", number, data) for number, data in enumerate(received, 1)]
    ours = RawFrame(">", 0, sent)
    return RawTranscript("statement", "tcp", "", "192.0.2.1:1", b"", (ours, *frames))


def test_a_packet_comes_whole_however_it_was_cut_with_the_instant_of_its_last_byte() -> None:
    data = packet(EDONKEY, 0x48, bytes(16)) + packet(EMULE, 0x60)
    found = list(packets(link([data[:3], data[3:10], data[10:]]), "<"))
    assert [(one.protocol, one.opcode, one.at_us) for one in found] == [
        (EDONKEY, 0x48, 3),
        (EMULE, 0x60, 3),
    ]


def test_a_packed_packet_is_opened_and_no_further_than_its_bound() -> None:
    body = zlib.compress(b"answer")
    (found,) = packets(link([struct.pack("<BIB", 0xD4, len(body) + 1, 0x93) + body]), "<")
    assert (found.protocol, found.body) == (EMULE, b"answer")
    for data in (b"no zlib", body[:-2], zlib.compress(bytes(65_537))):
        with pytest.raises(Ed2kError, match="packed"):
            unpacked(data)
    assert len(unpacked(zlib.compress(bytes(65_536)))) == 65_536


@pytest.mark.parametrize("data", [b"\x13 other", b"\xe3\0\0\0\0\x01"])
def test_what_is_no_packet_is_an_error(data: bytes) -> None:
    with pytest.raises(Ed2kError):
        list(packets(link([data]), "<"))


@pytest.mark.parametrize("head", [b"\xe3", b"\xc5", b"\xd4"])
def test_the_header_of_content_is_told_apart(head: bytes) -> None:
    opcode = b"\x46" if head == b"\xe3" else b"\x40"
    with pytest.raises(ContentError):
        list(packets(link([head + b"\xff\xff\0\0" + opcode]), "<"))


def test_what_we_sent_is_whole() -> None:
    with pytest.raises(Ed2kError, match="3 bytes that are no whole packet"):
        list(packets(link(sent=packet(EDONKEY, 0x58, bytes(16)) + b"\xe3\1\0"), ">"))


TAGS = b"".join(
    (
        b"\x03\x01\0\x11\x05\0\0\0",  # 32 bits, long name
        b"\x89\x55\x07",  # 8 bits, short name
        b"\x02\x01\0\x01\x04\0nick",
        b"\x82\x56\x02\0ab",
        b"\x16\x01\0\x57sixsix",
        b"\x01\x01\0\x58" + bytes(16),
        b"\x0b\x01\0\x59" + bytes(7) + b"\x01",
        b"\x07\x01\0\x5a\x01\0\0\0x",
        b"\x0a\x01\0\x5b\x01y",
        b"\x06\x01\0\x5c\x09\0zz",
        b"\x04\x01\0\x5d\0\0\0\0",
        b"\x08\x03\0abc\x01\x02",
    )
)


def test_tags_are_what_the_collector_reads_too() -> None:
    found = Fields(TAGS).tags(12)
    assert found == read_tags(Reader(TAGS, "test"), 12)
    assert (number_of(found, 0x11), number_of(found, 0x01), number_of(found, 0x99)) == (5, 0, 0)


@pytest.mark.parametrize(("data", "count"), [(TAGS[:-1], 12), (b"\x7e\x01\0a", 1), (b"", 257)])
def test_tags_that_are_none_are_an_error(data: bytes, count: int) -> None:
    with pytest.raises(Ed2kError):
        Fields(data).tags(count)
