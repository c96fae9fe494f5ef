"""A package beside what whoever verifies it brings along."""

from pathlib import Path

import pytest

from luzeiro.evidence.log import checkpoint_text
from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.examine import examine
from luzeiro.evidence.verifier.notes import COSIGNATURE, parse_note
from luzeiro.evidence.verifier.proofs import Trust
from luzeiro.package.make import make_package
from tests.evidence import hubs, scenes

WITNESS = Signer("witness.example/w", b"w" * 32, COSIGNATURE)


@pytest.fixture
def hub_folder(tmp_path: Path) -> Path:
    collecting = hubs.collector(tmp_path / "spool")
    with hubs.hub(tmp_path / "hub") as opened:
        hubs.enrol(opened, collecting)
        for number in range(5):
            collecting.seal(scenes.sighting_of(scenes.seeder(), number))
            hubs.admit(opened, collecting)
    collecting.spool.close()
    return tmp_path / "hub"


def made(folder: Path, *, first: int = 0) -> bytes:
    with hubs.hub(folder) as opened:
        rows = sorted(hubs.rows_of(opened), key=lambda row: row["sighting_id"])[first:]
        gathered = hubs.gathered_from(opened, rows)
        return make_package(gathered, hubs.making(scenes.seeder()), opened.signer)


def told(package: bytes, trust: Trust) -> list[str]:
    return [f"{one.state} {one.told}" for one in examine(package, trust)[0] if one.about == "log"]


def test_a_head_kept_elsewhere_agrees_at_once_or_by_a_proof(hub_folder: Path) -> None:
    package = made(hub_folder)
    with hubs.hub(hub_folder) as opened:
        same = opened.log.checkpoint() or b""
        old = opened.signer.sign(
            checkpoint_text(opened.log.key.name, 3, opened.log.reader().root(3))
        )
        path = tuple(opened.log.reader().consistency_path(3, 6))
        key = opened.log.key
    assert "holds its key is the one that you gave" in told(package, Trust(log_key=key))
    assert any("holds it agrees" in one for one in told(package, Trust(checkpoints=(same,))))
    assert any("consistency proof" in one for one in told(package, Trust(checkpoints=(old,))))
    proven = Trust(checkpoints=(old,), consistency=path)
    assert any("holds it agrees" in one for one in told(package, proven))


def test_a_head_of_another_history_does_not_agree(hub_folder: Path) -> None:
    package = made(hub_folder)
    with hubs.hub(hub_folder) as opened:
        name, signer = opened.log.key.name, opened.signer
        same_size = signer.sign(checkpoint_text(name, 6, bytes(32)))
        smaller = signer.sign(checkpoint_text(name, 3, bytes(32)))
        path = tuple(opened.log.reader().consistency_path(3, 6))
    for trust in (
        Trust(checkpoints=(same_size,)),
        Trust(checkpoints=(smaller,), consistency=path),
        Trust(checkpoints=(b"nothing",)),
    ):
        assert any(one.startswith("fails against the checkpoint") for one in told(package, trust))


def test_a_witness_that_cosigned_is_named_with_its_time(hub_folder: Path) -> None:
    with hubs.hub(hub_folder) as opened:
        raw = opened.log.checkpoint() or b""
        line = WITNESS.cosign(parse_note(raw), 1_700_000_000).encode()
        opened.log.add_cosignatures(raw + line, [WITNESS.key])
    package = made(hub_folder)
    saw = "holds witness.example/w saw this head at 1700000000 (POSIX time)"
    assert saw in told(package, Trust(witnesses=(WITNESS.key,)))
    assert any("bring their keys" in one for one in told(package, Trust()))
    stranger = Signer("witness.example/x", b"x" * 32, COSIGNATURE)
    assert any("has not signed" in one for one in told(package, Trust(witnesses=(stranger.key,))))


def test_a_chain_begins_where_the_package_does(hub_folder: Path) -> None:
    findings, _ = examine(made(hub_folder, first=2), Trust())
    assert findings.failed() == []
    assert any("whole from segment 3 to 5" in one.told for one in findings)
