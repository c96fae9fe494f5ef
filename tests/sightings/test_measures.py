from datetime import UTC, datetime, timedelta
from pathlib import Path

from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.intake import Intake
from luzeiro.sightings.measures import as_prometheus, measure
from tests.observations.examples import AT, sighting
from tests.sightings.examples import put_segment

NOW = datetime(2026, 3, 6, 0, 30, tzinfo=UTC)  # half an hour after the intake (conftest.py)


def test_a_store_and_its_spool_are_measured(
    store: EmbeddedStore, intake: Intake, tmp_path: Path
) -> None:
    put_segment(tmp_path / "spool", [sighting(1), sighting(2)])
    intake.run()
    waiting = put_segment(tmp_path / "spool", [sighting(3, seen_at=AT - timedelta(days=1))])
    told = measure(store, home=tmp_path, spool=tmp_path / "spool", now=NOW)
    assert (told.sightings, told.segments_taken, told.parts) == (2, 1, 1)
    assert (told.sightings_last_hour, told.sightings_last_week) == (2, 2)
    assert told.lag_s == (NOW - AT).total_seconds()
    assert (told.spool_segments, told.spool_bytes) == (1, waiting.stat().st_size)
    assert told.spool_oldest_s == (NOW - AT).total_seconds() + 86_400
    assert told.days_to_full is not None
    assert told.days_to_full > 0
    later = measure(store, home=tmp_path, spool=tmp_path / "spool", now=NOW + timedelta(hours=1))
    assert (later.sightings_last_hour, later.sightings_last_week) == (0, 2)


def test_an_empty_store_says_nothing_that_it_does_not_know(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    told = measure(store, home=tmp_path, spool=tmp_path / "spool", now=NOW)
    assert (told.sightings, told.lag_s, told.spool_oldest_s) == (0, None, None)
    assert told.days_to_full is None
    text = as_prometheus(told)
    assert "luzeiro_sightings 0\n" in text
    assert "lag" not in text


def test_the_text_is_prometheus_s(store: EmbeddedStore, intake: Intake, tmp_path: Path) -> None:
    put_segment(tmp_path / "spool", [sighting(1)])
    intake.run()
    text = as_prometheus(measure(store, home=tmp_path, spool=tmp_path / "spool", now=NOW))
    lines = text.splitlines()
    for about, kind, value in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        name, number = value.split(" ")
        assert about.startswith(f"# HELP {name} ")
        assert kind == f"# TYPE {name} gauge"
        float(number)
    assert any(line.startswith("luzeiro_lag_seconds ") for line in lines)
