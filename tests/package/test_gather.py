from pathlib import Path

import pytest

from luzeiro.evidence.verifier.notes import parse_proof
from luzeiro.evidence.verifier.statements import read_seal
from luzeiro.observations import segment
from luzeiro.package.gather import GatherError, Sources, gather
from tests.evidence import hubs, scenes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A hub that has taken three segments of two sightings each."""
    collecting = hubs.collector(tmp_path / "spool")
    with hubs.hub(tmp_path / "hub") as opened:
        hubs.enrol(opened, collecting)
        for number in range(0, 6, 2):
            pair = (scenes.sighting_of(scenes.seeder(), number + one) for one in (0, 1))
            collecting.seal(*pair)
        hubs.admit(opened, collecting)
    collecting.spool.close()
    return tmp_path / "hub"


def test_each_sighting_comes_with_its_bytes_and_its_place(folder: Path) -> None:
    with hubs.hub(folder) as opened:
        found = hubs.gathered_from(opened)
    assert len(found.exhibits) == 6
    assert [one.position for one in found.exhibits] == [0, 1] * 3
    assert {one.exchange[:4] for one in found.exhibits} == {b"LZX1"}
    assert len(found.segments) == 3
    assert {parse_proof(proof).index for proof in found.proofs.values()} == {0, 1, 2, 3}


def test_the_chain_is_whole_between_the_first_and_the_last_that_are_used(folder: Path) -> None:
    with hubs.hub(folder) as opened:
        rows = [row for row in hubs.rows_of(opened) if row["sighting_id"][-1] in (0, 5)]
        (chain,) = hubs.gathered_from(opened, rows).chains.values()
    assert [read_seal(text).sequence for text in chain] == [1, 2, 3]


def test_a_missing_or_damaged_segment_is_named(folder: Path) -> None:
    with hubs.hub(folder) as opened:
        rows = hubs.rows_of(opened)
        with pytest.raises(GatherError, match="does not say which segment"):
            gather(rows, Sources(opened.log, opened.ledger, lambda _: None))
        path = segment.waiting_in(opened.admitted)[0]
        path.write_bytes(b"x")
        with pytest.raises(GatherError, match="restore it from a backup"):
            hubs.gathered_from(opened, rows)


def test_a_store_that_says_otherwise_than_the_segment_is_named(folder: Path) -> None:
    with hubs.hub(folder) as opened:
        rows = hubs.rows_of(opened)
        rows[0]["position"] = 1
        with pytest.raises(GatherError, match="rebuild the store"):
            hubs.gathered_from(opened, rows)


def test_an_unsigned_segment_or_one_that_is_not_logged_makes_no_package(
    folder: Path, tmp_path: Path
) -> None:
    name, sealed = segment.seal([scenes.sighting_of(scenes.seeder(), 9)])
    unsigned = tmp_path / str(name)
    unsigned.write_bytes(sealed)
    strangers = hubs.collector(tmp_path / "other").seal(scenes.sighting_of(scenes.seeder(), 9))
    with hubs.hub(folder) as opened:
        row = hubs.rows_of(opened)[0]
        for path, told in ((unsigned, "not signed"), (strangers, "not in the log")):
            sources = Sources(opened.log, opened.ledger, lambda _, path=path: path)  # type: ignore[misc]  # bound now
            with pytest.raises(GatherError, match=told):
                gather([row], sources)
