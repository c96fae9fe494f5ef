import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from luzeiro.sightings import retention
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.intake import Intake
from luzeiro.sightings.questions import RestingOn
from luzeiro.sightings.retention import Recalled, Removed, TooOld
from luzeiro.sightings.store import StoreError
from tests.observations.examples import AT, sighting
from tests.sightings.examples import put_segment
from tests.sightings.test_questions import OTHER_FILE

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def segments(intake: Intake, tmp_path: Path) -> Path:
    """Five sightings over three partitions, in three segments."""
    put_segment(tmp_path / "spool", [sighting(1), sighting(2, seen_at=AT + DAY)])
    put_segment(tmp_path / "spool", [sighting(3, seen_at=AT + 40 * DAY, identifier=OTHER_FILE)])
    put_segment(tmp_path / "spool", [sighting(n, seen_at=AT + 70 * DAY) for n in (4, 5)])
    intake.run()
    return tmp_path / "segments"


def left(store: EmbeddedStore) -> list[int]:
    rows = [row for batch in store.rows(SightingFilter()) for row in batch.to_pylist()]
    return sorted(row["sighting_id"][-1] for row in rows)


def remove(store: EmbeddedStore, segments: Path, removal: retention.Removal) -> Removed:
    return retention.remove(store, segments, removal, by="tester", purpose="a test", now=NOW)


def test_what_is_too_old_goes_with_its_segments_and_the_journal_tells(
    store: EmbeddedStore, segments: Path
) -> None:
    removal = TooOld(AT + 50 * DAY)
    assert retention.count(store, removal) == 3
    assert remove(store, segments, removal) == Removed(sightings=3, segments=2)
    assert left(store) == [4, 5]
    assert len(list(segments.rglob("*.parquet"))) == 1
    (line,) = (segments / retention.JOURNAL).read_text().splitlines()
    assert json.loads(line) == {
        "at": NOW.isoformat(), "by": "tester", "purpose": "a test", "why": "age",
        "before": removal.before.isoformat(), "sightings": 3,
    }  # fmt: skip


def test_within_a_partition_rows_go_one_by_one(store: EmbeddedStore, segments: Path) -> None:
    assert remove(store, segments, TooOld(AT + DAY)) == Removed(sightings=1, segments=0)
    assert left(store) == [2, 3, 4, 5]


def test_a_recall_removes_what_rests_on_the_entry_and_leaves_the_segments(
    store: EmbeddedStore, segments: Path
) -> None:
    assert remove(store, segments, Recalled(RestingOn((256,)))) == Removed(1, 0)
    assert left(store) == [1, 2, 4, 5]
    assert len(list(segments.rglob("*.parquet"))) == 3
    assert remove(store, segments, Recalled(RestingOn((1,), before_revision=3))).sightings == 0
    assert remove(store, segments, Recalled(RestingOn((1,), before_revision=4))).sightings == 4


def test_what_was_removed_is_removed_again_from_a_store_that_has_it(
    store: EmbeddedStore, segments: Path
) -> None:
    removals: list[retention.Removal] = [TooOld(AT + DAY), Recalled(RestingOn((256,)))]
    for removal in removals:
        remove(store, segments, removal)
    assert list(retention.removals(segments)) == removals
    retention.apply_again(store, segments)
    assert left(store) == [2, 4, 5]


def test_a_damaged_journal_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / retention.JOURNAL).write_text("{}\n")
    with pytest.raises(StoreError, match=r"removals\.jsonl, line 1 is damaged"):
        list(retention.removals(tmp_path))
    assert list(retention.removals(tmp_path / "nowhere")) == []
