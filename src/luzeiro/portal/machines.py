"""Collectors as an administrator sees them: alive or not, and their clocks. No case data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pyarrow.compute as pc
import pyarrow.parquet as pq

from luzeiro.observations.segment import SegmentName

_NEWEST = 50
SILENT_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Machine:
    """One collector, by what its newest segment says."""

    collector: UUID
    software: str
    network: str
    last_segment_at: datetime
    sightings: int  # in that segment
    clock_error_s: float | None  # the worst in that segment; None: nothing bounds it
    clock_source: str
    silent: bool


def machines_of(home: Path, *, now: datetime) -> list[Machine]:
    """Read the newest segments, and give each collector once."""
    found: dict[UUID, Machine] = {}
    for machine in _newest(home, now):
        found.setdefault(machine.collector, machine)
    return sorted(found.values(), key=lambda one: one.last_segment_at, reverse=True)


def _newest(home: Path, now: datetime) -> Iterator[Machine]:
    paths = [*home.glob("segments/*/*.parquet"), *home.glob("spool/*.parquet")]
    columns = ["collector", "software", "network", "clock_error_s", "clock_source"]
    for path in sorted(paths, key=lambda one: one.name, reverse=True)[:_NEWEST]:
        rows = pq.read_table(path, columns=columns)
        last_at = SegmentName.parse(path.name).latest_at
        bounded = rows["clock_error_s"].null_count == 0
        yield Machine(
            collector=UUID(bytes=rows["collector"][0].as_py()),
            software=rows["software"][0].as_py(),
            network=rows["network"][0].as_py(),
            last_segment_at=last_at,
            sightings=len(rows),
            clock_error_s=pc.max(rows["clock_error_s"]).as_py() if bounded else None,
            clock_source=rows["clock_source"][0].as_py(),
            silent=now - last_at > SILENT_AFTER,
        )
