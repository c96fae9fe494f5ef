"""A store made anew from the segments, which are the truth.

It says of each sighting what the catalogue and the tables of places say now. What was removed is
removed again. The old store serves until the new one is whole.
"""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from luzeiro.observations.segment import DamagedSegmentError, SegmentName, read, waiting_in
from luzeiro.sightings.columns import KEPT, for_store
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.intake import Damaged, IntakeReport, Placing, gathered, nowhere
from luzeiro.sightings.retention import apply_again
from luzeiro.sightings.store import Taken
from luzeiro.sightings.verdicts import KnownVerdicts, Verdicts

_TICK = timedelta(microseconds=1)


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
    known, damaged = KnownVerdicts(verdicts), []
    taken = sightings = without = 0
    with EmbeddedStore(beside) as fresh:
        for paths in gathered(kept_in(segments)):
            lines, tables = [], []
            for path in paths:
                name = SegmentName.parse(path.name)
                try:
                    sealed = read(path, KEPT)
                except (DamagedSegmentError, OSError) as error:
                    damaged.append(Damaged(path, f"{path} is left out: {error}."))
                    continue
                rows = for_store(sealed, known.columns(sealed), name.sha256, places(sealed))
                tables.append(rows)
                lines.append(Taken(name.sha256, path.name, len(rows), now + taken * _TICK))
                taken += 1
                without += rows["entry_id"].null_count
            if tables:
                fresh.insert(pa.concat_tables(tables).combine_chunks())
                fresh.enter(*lines)
            sightings += sum(map(len, tables))
            on_sightings(sum(map(len, tables)))
        apply_again(fresh, segments)
        fresh.tidy()
    if store.exists():
        store.rename(replaced)
    beside.rename(store)
    shutil.rmtree(replaced, ignore_errors=True)
    return IntakeReport(taken, sightings, without, 0, tuple(damaged))


def kept_in(segments: Path) -> list[Path]:
    """The segments that a hub keeps, oldest first."""
    found = [
        path for folder in segments.iterdir() if folder.is_dir() for path in waiting_in(folder)
    ]
    return sorted(found, key=lambda path: path.name)
