"""A capture in which somebody says what may not be said: the lab must not pass it."""

import shutil
import struct
from pathlib import Path

import pytest

from lab import capture
from tests.lab.test_spoken import HANDSHAKE, HAVE_NONE, WE_MAY_NOT, query

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
US, THEM = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
OURS = {"192.0.2.1"}


def ip(protocol: int, payload: bytes, source: bytes, target: bytes) -> bytes:
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0)
    return head + source + target + payload


def udp(data: bytes, *, source: bytes = US, target: bytes = THEM, port: int = 6881) -> bytes:
    return ip(17, struct.pack(">HHHH", 40_000, port, 8 + len(data), 0) + data, source, target)


def tcp(data: bytes, *, at: int) -> bytes:
    flags = 0x02 if at == 0 else 0x18  # SYN; PSH and ACK
    head = struct.pack(">HHIIBBHHH", 40_000, 6881, at, 1, 0x50, flags, 1000, 0, 0)
    return ip(6, head + data, US, THEM)


def written(path: Path, packets: list[bytes]) -> Path:
    """A pcap file of raw IP packets (LINKTYPE_RAW)."""
    records = [
        struct.pack("<IIII", number, 0, len(each), len(each)) + each
        for number, each in enumerate(packets)
    ]
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 101)
    path.write_bytes(head + b"".join(records))
    return path


def link(said: bytes) -> list[bytes]:
    return [tcp(b"", at=0), tcp(said, at=1)]


def test_what_we_may_say_is_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcap", [udp(query(b"get_peers")), *link(HANDSHAKE + HAVE_NONE)])
    said = capture.read(path, OURS, {})
    assert said.violations == ()
    assert said.counts == {"DHT get_peers": 1, "handshake": 1, "HAVE_NONE": 1}


@pytest.mark.parametrize("kind", ["INTERESTED", "REQUEST", "PIECE", "HAVE_ALL", "BITFIELD"])
def test_a_message_that_we_may_not_say_is_a_violation(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path / "a.pcap", link(HANDSHAKE + WE_MAY_NOT[kind]))
    violations = capture.read(path, OURS, {}).violations
    assert any(violation.endswith(f": {kind}") for violation in violations)


def test_tshark_sees_an_announce_without_our_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.spoken.datagram", lambda _data: iter(()))
    announce = query(b"announce_peer", implied_port=1)
    path = written(tmp_path / "a.pcap", [udp(announce)])
    assert capture.read(path, OURS, {}).violations == ("frame 1: announce_peer",)


def test_what_others_say_is_not_ours_to_answer_for(tmp_path: Path) -> None:
    announce = udp(query(b"announce_peer"), source=THEM, target=US)
    assert capture.read(written(tmp_path / "a.pcap", [announce]), OURS, {}).violations == ()


def test_a_hole_in_a_link_is_a_violation(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcap", [tcp(b"", at=0), tcp(HAVE_NONE, at=69)])
    (violation,) = capture.read(path, OURS, {}).violations
    assert violation.endswith("the capture has a hole")


def test_bytes_that_no_record_explains_are_a_violation(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcap", link(bytes(200)))
    (violation,) = capture.read(path, OURS, {}).violations
    assert violation.endswith("200 bytes that no record explains")
