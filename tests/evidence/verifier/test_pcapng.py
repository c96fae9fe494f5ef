"""Read back by Wireshark itself."""

import shutil
import subprocess
from pathlib import Path

import pytest

from luzeiro.evidence.verifier.exchange import RawFrame, RawTranscript, parse_exchange
from luzeiro.evidence.verifier.pcapng import capture, decrypted
from tests.evidence import ed2k_scenes, scenes

TSHARK = shutil.which("tshark")
needs_tshark = pytest.mark.skipif(TSHARK is None, reason="no tshark on this machine")


def transcripts(scene: scenes.Scene) -> list[RawTranscript]:
    return parse_exchange(scene.observation.exchange)


def seen(folder: Path, held: bytes, *fields: str, more: tuple[str, ...] = ()) -> list[list[str]]:
    path = folder / "capture.pcapng"
    path.write_bytes(held)
    asked = [part for field in fields for part in ("-e", field)]
    told = subprocess.run(
        [TSHARK or "", "--enable-heuristic", "bittorrent_dht_udp", "-o", "tcp.check_checksum:TRUE",
         "-o", "udp.check_checksum:TRUE", *more, "-r", path, "-T", "fields", *asked],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [line.split("\t") for line in told.stdout.splitlines()]


@needs_tshark
def test_wireshark_reads_peer_wire_and_dht(tmp_path: Path) -> None:
    held = capture(transcripts(scenes.seeder()))
    rows = seen(tmp_path, held, "_ws.col.Protocol", "bittorrent.info_hash", "bittorrent.msg.type")
    protocols = [row[0] for row in rows]
    assert protocols.count("BT-DHT") == 2
    assert protocols.count("BitTorrent") >= 3
    assert scenes.infohash_of("seeder").hex() in {row[1].replace(":", "") for row in rows}
    assert any("14" in row[2].split(",") for row in rows)  # HAVE_ALL


@needs_tshark
def test_addresses_ports_instants_and_checksums_are_right(tmp_path: Path) -> None:
    scene = scenes.seeder()
    fields = ("frame.time_epoch", "ip.src", "tcp.srcport", "ip.dst", "tcp.dstport")
    checks = ("tcp.checksum.status", "ip.version")
    rows = seen(tmp_path, capture(transcripts(scene)), *fields, *checks)
    answers = [row for row in rows if row[1] == scenes.PEER.host and row[2]]
    assert {(row[2], row[3]) for row in answers} == {(str(scenes.PEER.port), scenes.OWN.host)}
    assert {row[5] for row in rows if row[2]} == {"1"}  # good
    assert float(rows[0][0]) == scenes.AT_S


@needs_tshark
def test_an_encrypted_link_is_read_once_decrypted(tmp_path: Path) -> None:
    scene = scenes.encrypted_seeder()
    opened = [one for one in (decrypted(one, scene.infohash) for one in transcripts(scene)) if one]
    rows = seen(tmp_path, capture(opened), "_ws.col.Protocol", "bittorrent.info_hash")
    assert [row[0] for row in rows].count("BitTorrent") == 2
    assert {row[1].replace(":", "") for row in rows if row[1]} == {scene.infohash.hex()}


@needs_tshark
def test_ipv6_and_a_large_read_are_written_too(tmp_path: Path) -> None:
    frames = (RawFrame(">", 1, b"x"), RawFrame("<", 2, bytes(40_000)), RawFrame("<", 3, b""))
    made = RawTranscript("statement", "tcp", "[2001:db8::1]:1", "[2001:db8::2]:2", b"", frames)
    rows = seen(tmp_path, capture([made]), "ipv6.src", "tcp.len", "tcp.flags.fin")
    assert [row[1] for row in rows] == ["0", "1", "16384", "16384", "7232", "0"]
    assert rows[-1] == ["2001:db8::2", "0", "1"]


def as_edonkey(*transcripts: RawTranscript) -> tuple[str, ...]:
    """What the package's README says: Wireshark knows eD2k by its usual ports alone."""
    ports = {(one.transport[:3], one.remote.rpartition(":")[2]) for one in transcripts}
    return tuple(
        part for kind, at in sorted(ports) for part in ("-d", f"{kind}.port=={at},edonkey")
    )


@needs_tshark
def test_wireshark_reads_edonkey_and_kad(tmp_path: Path) -> None:
    held = parse_exchange(ed2k_scenes.whole().observation.exchange)
    fields = ("_ws.col.Protocol", "edonkey.message.type", "edonkey.file_hash")
    rows = seen(tmp_path, capture(held), *fields, more=as_edonkey(*held))
    assert [row[0] for row in rows].count("eDonkey") >= 4
    told = {kind for row in rows for kind in row[1].split(",")}
    assert {"0x01", "0x4c", "0x58", "0x4f", "0x59", "0x50", "0x48", "0x34", "0x3b"} <= told
    digests = {one.replace(":", "") for row in rows for one in row[2].split(",")}
    assert ed2k_scenes.FILE.digest.hex() in digests


@needs_tshark
def test_obfuscated_links_and_datagrams_are_read_once_opened(tmp_path: Path) -> None:
    held = parse_exchange(ed2k_scenes.obfuscated().observation.exchange)
    fields = ("_ws.col.Protocol", "edonkey.message.type", "udp.port")
    hidden = seen(tmp_path, capture(held), *fields, more=as_edonkey(*held))
    assert any(row[2] for row in hidden)  # datagrams stay datagrams
    opened = [one for one in (decrypted(one, b"") for one in held) if one is not None]
    rows = seen(tmp_path, capture(opened), *fields, more=as_edonkey(*opened))
    told = {kind for row in rows for kind in row[1].split(",")}
    assert {"0x01", "0x4c", "0x50", "0x48", "0x34", "0x3b"} <= told


def test_the_same_transcripts_give_the_same_bytes_in_order_of_time() -> None:
    held = transcripts(scenes.seeder())
    assert capture(held) == capture([*held, *held])
    assert len(capture([])) % 4 == 0


def test_a_plain_link_needs_no_decrypting() -> None:
    scene = scenes.seeder()
    assert [decrypted(one, scene.infohash) for one in transcripts(scene)] == [None] * 3
