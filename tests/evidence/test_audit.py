"""A database owner's edits, each found and named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from luzeiro.evidence.audit import audit
from luzeiro.evidence.log import Log
from luzeiro.evidence.signer import Signer
from luzeiro.evidence.tiles import pack_entries, unpack_entries
from luzeiro.evidence.verifier.statements import ENROLMENT, FIRST, JOURNAL, SegmentSeal, write

HUB, COLLECTOR = Signer("log.example/one", b"l" * 32), Signer("collector.example/c", b"c" * 32)
NAME = "00000000-0000-0000-0000-000000000001"
COUNT = 300


def entries() -> list[bytes]:
    """An enrolment, then a chain of segments."""
    made = [HUB.sign(write(ENROLMENT, (NAME, "north", COLLECTOR.key, "2026")))]
    previous = FIRST
    for sequence in range(1, COUNT):
        seal = SegmentSeal(
            *(NAME, sequence, previous, "LZS1", 5, bytes([sequence % 256]) * 32, "2026", "2026")
        )
        previous = seal.digest
        made.append(COLLECTOR.sign(seal.text))
    return made


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("log")
    Log(folder, HUB.key).append(entries(), HUB)
    return folder


@pytest.fixture
def log(original: Path, tmp_path: Path) -> Log:
    shutil.copytree(original, tmp_path / "log")
    return Log(tmp_path / "log", HUB.key)


def rewritten(log: Log, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Everything anew over changed entries, signed with the log's own key: a full re-hash."""
    changed = change([one for _, one in log.reader().entries()])
    shutil.rmtree(log.folder)
    log.append(changed, HUB)


def test_a_log_that_nobody_changed_holds(log: Log) -> None:
    found = audit(log, [log.checkpoint() or b""])
    assert found.faults == ()
    assert (found.size, found.segments, found.sightings) == (COUNT, COUNT - 1, 5 * (COUNT - 1))


EDITS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "edited": lambda held: [
        *held[:40],
        held[40].replace(b"sightings 5", b"sightings 6"),
        *held[41:],
    ],
    "deleted": lambda held: held[:40] + held[41:],
    "inserted": lambda held: [*held[:40], held[40], *held[40:]],
    "reordered": lambda held: [*held[:40], held[41], held[40], *held[42:]],
    "cut off": lambda held: held[:250],
    "emptied": lambda _: [],
    "made anew": lambda held: held[:1] + held[1:2] * (COUNT - 1),
}


@pytest.mark.parametrize("edit", sorted(EDITS))
def test_a_full_rehash_shows_against_a_checkpoint_kept_outside(log: Log, edit: str) -> None:
    outside = log.checkpoint() or b""
    rewritten(log, EDITS[edit])
    faults = " ".join(audit(log, [outside]).faults)
    assert "rewritten" in faults or "cut off" in faults


def test_a_full_rehash_cannot_show_against_the_log_alone(log: Log) -> None:
    rewritten(log, lambda held: held[:250])
    assert audit(log, []).faults == ()


def test_an_edit_of_an_entry_without_a_rehash_names_the_tile(log: Log) -> None:
    path = log.folder / "tile/entries/000"
    held = list(unpack_entries(path.read_bytes()))
    held[7] = held[7].replace(b"sightings 5", b"sightings 9")
    path.write_bytes(pack_entries(held))
    faults = audit(log, []).faults
    assert "tile/0/000: the hash 7 is not that of the entries" in faults
    assert any("entry 7" in one for one in faults)


@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "checkpoint"])
def test_one_changed_bit_of_any_file_is_named(log: Log, name: str) -> None:
    path = log.folder / name
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)
    assert any(name in one for one in audit(log, []).faults)


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/001.p/44", "tile/1/000.p/1"])
def test_a_missing_file_is_named(log: Log, name: str) -> None:
    (log.folder / name).unlink()
    assert any(name in one for one in audit(log, []).faults)


def test_a_bundle_with_more_than_its_entries_is_named(log: Log) -> None:
    path = log.folder / "tile/entries/001.p/44"
    path.write_bytes(path.read_bytes() + pack_entries([b"hidden"]))
    assert any("more than its entries" in one for one in audit(log, []).faults)


def test_an_older_checkpoint_kept_outside_binds_the_beginning(tmp_path: Path) -> None:
    log, made = Log(tmp_path / "log", HUB.key), entries()
    log.append(made[:100], HUB)
    outside = log.checkpoint() or b""
    log.append(made[100:], HUB)
    assert audit(log, [outside]).faults == ()
    rewritten(log, lambda held: [*held[:50], *held[51:], held[50]])
    assert any("first 100 entries" in one for one in audit(log, [outside]).faults)


def test_a_segment_that_its_collector_did_not_sign_is_named(log: Log) -> None:
    stranger = Signer("collector.example/c", b"x" * 32)
    seal = SegmentSeal(NAME, COUNT, bytes(32), "LZS1", 5, bytes(32), "2026", "2026")
    log.append([stranger.sign(seal.text)], HUB)
    assert any(f"entry {COUNT}" in one for one in audit(log, []).faults)


def test_a_broken_chain_is_named(log: Log) -> None:
    seal = SegmentSeal(NAME, COUNT, bytes(32), "LZS1", 5, bytes(32), "2026", "2026")
    log.append([COLLECTOR.sign(seal.text)], HUB)
    (fault,) = audit(log, []).faults
    assert f"between {COUNT - 1} and {COUNT}" in fault


def test_an_entry_of_the_journal_that_the_hub_did_not_sign_is_a_fault(log: Log) -> None:
    text = write(JOURNAL, (1, "00" * 32))
    log.append([HUB.sign(text), COLLECTOR.sign(text)], HUB)
    (fault,) = audit(log, []).faults
    assert f"entry {COUNT + 1}: " in fault
