from datetime import timedelta
from pathlib import Path

from luzeiro.portal.machines import machines_of
from tests.observations.examples import AT, sighting
from tests.sightings.examples import put_segment


def test_a_machine_is_known_by_its_newest_segment(tmp_path: Path) -> None:
    put_segment(tmp_path / "spool", [sighting(1)])
    kept = tmp_path / "segments" / "2026-03-05"
    later = AT + timedelta(days=1)
    put_segment(kept, [sighting(2, seen_at=later, started_at=later), sighting(3)])
    (machine,) = machines_of(tmp_path, now=later + timedelta(minutes=5))
    assert (machine.last_segment_at, machine.sightings) == (later, 2)
    assert (machine.clock_error_s, machine.silent) == (0.02, False)
    assert machines_of(tmp_path, now=later + timedelta(hours=2))[0].silent


def test_no_segments_no_machines(tmp_path: Path) -> None:
    assert machines_of(tmp_path, now=AT) == []
