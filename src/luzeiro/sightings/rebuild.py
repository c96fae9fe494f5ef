"""A store made anew from the segments, which are the truth.

It says of each sighting what the catalogue and the tables of places say now. What was removed is
removed again. The old store serves until the new one is whole: embedded, it is another folder, and
the folders are renamed; on a cluster, another database, which cluster.toml names in the end.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from luzeiro.evidence import durable
from luzeiro.observations.segment import DamagedSegmentError, SegmentName, read, waiting_in
from luzeiro.sightings.cluster import ClusterEngine
from luzeiro.sightings.cluster_config import (
    ClusterConfig,
    Incomplete,
    read_cluster,
    with_database,
)
from luzeiro.sightings.columns import KEPT, for_store
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.intake import (
    Damaged,
    IntakeReport,
    Placing,
    gathered,
    nowhere,
    token_of,
)
from luzeiro.sightings.ordering import in_order
from luzeiro.sightings.retention import apply_again
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreError, Taken
from luzeiro.sightings.verdicts import KnownVerdicts, Verdicts

_TICK = timedelta(microseconds=1)
_DATE = re.compile(r"_\d{14}$")


def rebuild(
    store: Path,
    segments: Path,
    *,
    verdicts: Verdicts,
    now: datetime,
    places: Placing = nowhere,
    on_sightings: Callable[[int], object] = lambda _: None,
) -> IntakeReport:
    """Rebuild the store in the folder `store`; whoever calls holds its lock.

    Damaged segments are reported and left where they are.

    Raises:
        StoreError: the store fails; the old one is as it was.
    """
    beside = store.with_name(f"{store.name}.rebuilding")
    replaced = store.with_name(f"{store.name}.replaced")
    for leftover in (beside, replaced):
        shutil.rmtree(leftover, ignore_errors=True)
    with EmbeddedStore(beside) as fresh:
        report = fill(
            fresh, segments, verdicts=verdicts, now=now, places=places, on_sightings=on_sightings
        )
    if store.exists():
        store.rename(replaced)
    beside.rename(store)
    shutil.rmtree(replaced, ignore_errors=True)
    return report


def rebuild_cluster(
    file: Path,
    segments: Path,
    *,
    verdicts: Verdicts,
    now: datetime,
    places: Placing = nowhere,
    on_sightings: Callable[[int], object] = lambda _: None,
) -> tuple[IntakeReport, ClusterConfig]:
    """Rebuild the store of the cluster that `file` names into a database of its own, then name it.

    Whoever calls holds the intake's lock (intake.alone), so no segment goes into the old one
    meanwhile. One that was cut short leaves a database that nobody names.

    Returns:
        What was taken in, and how the old store was configured: it is left as it is.

    Raises:
        StoreError: a shard is down, or the file cannot be changed; it names the old one still.
    """
    old = read_cluster(file)
    new = replace(old, database=_dated(old.database, now), incomplete=Incomplete.REFUSE)
    text = with_database(file.read_text(), new.database)
    with SqlStore(ClusterEngine(new)) as fresh:
        if fresh.latest_taken() is not None:
            raise StoreError(f"The database {new.database} is in use already: try again.")
        report = fill(
            fresh, segments, verdicts=verdicts, now=now, places=places, on_sightings=on_sightings
        )
        durable.put(file, text.encode())
        apply_again(fresh, segments)  # what was removed from the old one since
    return report, old


def fill(
    fresh: SqlStore,
    segments: Path,
    *,
    verdicts: Verdicts,
    now: datetime,
    places: Placing,
    on_sightings: Callable[[int], object],
) -> IntakeReport:
    """Take all kept segments into an empty store, and remove again what was removed."""
    known, damaged = KnownVerdicts(verdicts), []
    taken = sightings = without = 0
    for paths in gathered(kept_in(segments)):
        lines, tables = [], []
        for path in paths:
            name = SegmentName.parse(path.name)
            try:
                sealed = read(path, KEPT, words_as_numbers=True)
            except (DamagedSegmentError, OSError) as error:
                damaged.append(Damaged(path, f"{path} is left out: {error}."))
                continue
            rows = for_store(sealed, known.columns(sealed), name.sha256, places(sealed))
            tables.append(rows)
            lines.append(Taken(name.sha256, path.name, len(rows), now + taken * _TICK))
            taken += 1
            without += rows["entry_id"].null_count
        if tables:
            token = token_of([line.sha256 for line in lines])
            fresh.insert(in_order(tables), token=token)
            fresh.enter(*lines)
        sightings += sum(map(len, tables))
        on_sightings(sum(map(len, tables)))
    apply_again(fresh, segments)
    fresh.tidy()
    return IntakeReport(taken, sightings, without, 0, tuple(damaged))


def _dated(database: str, now: datetime) -> str:
    """Its name with the instant of the rebuild, instead of an earlier one's."""
    return f"{_DATE.sub('', database)}_{now:%Y%m%d%H%M%S}"


def kept_in(segments: Path) -> list[Path]:
    """The segments that a hub keeps, oldest first."""
    found = [
        path for folder in segments.iterdir() if folder.is_dir() for path in waiting_in(folder)
    ]
    return sorted(found, key=lambda path: path.name)
