from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from luzeiro.sightings import retention
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.intake import Intake
from luzeiro.sightings.questions import RestingOn
from luzeiro.sightings.rebuild import rebuild
from luzeiro.sightings.retention import Recalled
from tests.observations.examples import sighting
from tests.sightings.examples import knows_all, put_segment
from tests.sightings.test_questions import OTHER_FILE

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def taken_in(home: Path) -> pa.Table:
    """Three segments, one recall; gives what the store then holds."""
    put_segment(home / "spool", [sighting(1), sighting(2)])
    put_segment(home / "spool", [sighting(3, identifier=OTHER_FILE)])
    put_segment(home / "spool", [sighting(4)])
    with EmbeddedStore(home / "store") as store:
        Intake(store, spool=home / "spool", segments=home / "segments", verdicts=knows_all,
               now=lambda: NOW).run()  # fmt: skip
        recall = Recalled(RestingOn((256,)))
        retention.remove(store, home / "segments", recall, by="t", purpose="t", now=NOW)
        return pa.Table.from_batches(store.rows(SightingFilter()))


def rows(home: Path) -> pa.Table:
    with EmbeddedStore(home / "store") as store:
        return pa.Table.from_batches(store.rows(SightingFilter()))


def test_a_store_that_was_lost_is_made_anew_from_its_segments(tmp_path: Path) -> None:
    before = taken_in(tmp_path)
    for path in sorted((tmp_path / "store").rglob("*"), reverse=True):
        path.unlink() if not path.is_dir() or path.is_symlink() else path.rmdir()
    report = rebuild(tmp_path / "store", tmp_path / "segments", verdicts=knows_all, now=NOW)
    assert (report.segments, report.sightings, report.damaged) == (3, 4, ())
    assert rows(tmp_path) == before
    with EmbeddedStore(tmp_path / "store") as store:
        assert len(store.taken_after(None)) == 3


def test_a_damaged_segment_is_left_out_and_told(tmp_path: Path) -> None:
    taken_in(tmp_path)
    bad = next(iter(sorted((tmp_path / "segments").rglob("*.parquet"))))
    bad.write_bytes(b"")
    heard: list[int] = []
    report = rebuild(
        tmp_path / "store", tmp_path / "segments", verdicts=knows_all, now=NOW,
        on_sightings=heard.append,
    )  # fmt: skip
    assert [one.path for one in report.damaged] == [bad]
    assert bad.exists()
    assert sum(heard) == report.sightings < 4


def test_a_rebuild_that_was_cut_short_leaves_the_old_store_and_is_begun_anew(
    tmp_path: Path,
) -> None:
    before = taken_in(tmp_path)
    (tmp_path / "store.rebuilding").mkdir()
    (tmp_path / "store.rebuilding" / "half").touch()
    assert rows(tmp_path) == before
    rebuild(tmp_path / "store", tmp_path / "segments", verdicts=knows_all, now=NOW)
    assert rows(tmp_path) == before
    assert not (tmp_path / "store.rebuilding").exists()
    assert not (tmp_path / "store.replaced").exists()
