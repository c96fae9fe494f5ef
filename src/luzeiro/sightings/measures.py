"""What there is to watch about a store: numbers, and the same as Prometheus text."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path

from luzeiro.observations.segment import SegmentName, waiting_in
from luzeiro.sightings.sql_store import SqlStore

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """How a store and its spool stand. None where there is nothing to say it from."""

    sightings: int
    segments_taken: int
    store_bytes: int
    parts: int
    merges_running: int
    sightings_last_hour: int  # taken in
    sightings_last_week: int
    lag_s: float | None  # since the latest sighting that was taken in was seen
    spool_segments: int
    spool_bytes: int
    spool_oldest_s: float | None
    disk_free_bytes: int
    days_to_full: float | None  # at last week's pace


def measure(store: SqlStore, *, home: Path, spool: Path, now: datetime) -> Measures:
    """Measure; `home` is on the store's disk."""
    engine = store.engine
    parts = engine.ask(
        "SELECT sum(rows) AS held, sum(bytes_on_disk) AS bytes, count() AS parts FROM system.parts"
        " WHERE active AND database = currentDatabase()"
        " AND table IN ('sightings', 'sightings_local')"
    ).to_pylist()[0]
    merges = engine.ask("SELECT count() AS n FROM system.merges")["n"][0].as_py()
    total = engine.ask("SELECT count() AS n FROM sightings")["n"][0].as_py()
    lines = store.taken_after(None)
    hour, week = (
        sum(line.sightings for line in lines if now - line.taken_at < age)
        for age in (timedelta(hours=1), _WEEK)
    )
    waiting = [*waiting_in(spool), *waiting_in(spool / "taking")]
    free = shutil.disk_usage(home).free
    bytes_each = parts["bytes"] / parts["held"] if parts["held"] else 0
    daily = week / 7 * bytes_each
    return Measures(
        sightings=total,
        segments_taken=len(lines),
        store_bytes=parts["bytes"],
        parts=parts["parts"],
        merges_running=merges,
        sightings_last_hour=hour,
        sightings_last_week=week,
        lag_s=_age_s((SegmentName.parse(line.name).latest_at for line in lines), now, newest=True),
        spool_segments=len(waiting),
        spool_bytes=sum(path.stat().st_size for path in waiting if path.exists()),
        spool_oldest_s=_age_s(
            (SegmentName.parse(path.name).latest_at for path in waiting), now, newest=False
        ),
        disk_free_bytes=free,
        days_to_full=free / daily if daily else None,
    )


_HELP = {
    "sightings": "Sightings in the store.",
    "segments_taken": "Segments that were taken in.",
    "store_bytes": "What the store takes on its disk.",
    "parts": "Parts of the table; many mean that merges do not follow.",
    "merges_running": "Merges that are running.",
    "sightings_last_hour": "Sightings taken in within the last hour.",
    "sightings_last_week": "Sightings taken in within the last seven days.",
    "lag_s": "Seconds since the latest sighting that was taken in was seen.",
    "spool_segments": "Segments that wait in the spool.",
    "spool_bytes": "What they take.",
    "spool_oldest_s": "Seconds since the latest sighting of the oldest of them was seen.",
    "disk_free_bytes": "What the store's disk has left.",
    "days_to_full": "Days until it is full, at the pace of the last seven.",
}


def as_prometheus(measures: Measures) -> str:
    """The text exposition format (Prometheus, version 0.0.4)."""
    return "".join(_lines(measures))


def _lines(measures: Measures) -> Iterator[str]:
    for field in fields(measures):
        value = getattr(measures, field.name)
        if value is not None:
            name = f"luzeiro_{field.name.removesuffix('_s')}" + (
                "_seconds" if field.name.endswith("_s") else ""
            )
            yield f"# HELP {name} {_HELP[field.name]}\n# TYPE {name} gauge\n{name} {value}\n"


def _age_s(instants: Iterator[datetime], now: datetime, *, newest: bool) -> float | None:
    chosen = (max if newest else min)(instants, default=None)
    return None if chosen is None else max((now - chosen).total_seconds(), 0.0)
