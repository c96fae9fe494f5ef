"""Removing sightings: for their age, or because what they rest on was recalled; always journalled.

The journal is a file beside the segments, one JSON object a line, written before anything is
removed: so a store that is rebuilt from segments removes the same again. Rows go from the store;
a segment's file, which is signed, is never changed, and goes whole once all of it is too old.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from luzeiro.evidence.durable import lay_folder, sync_folder
from luzeiro.observations.segment import SegmentName
from luzeiro.sightings.filters import microseconds
from luzeiro.sightings.questions import RestingOn
from luzeiro.sightings.schema import PARTITION, PARTITION_US
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreError

JOURNAL = "removals.jsonl"


@dataclass(frozen=True, slots=True)
class TooOld:
    """Everything that was seen before an instant."""

    before: datetime

    def condition(self) -> str:
        return f"seen_at < {microseconds(self.before)}"

    def told(self) -> dict[str, object]:
        return {"why": "age", "before": self.before.isoformat()}


@dataclass(frozen=True, slots=True)
class Recalled:
    """Everything that rests on the votes for some entries."""

    resting_on: RestingOn

    def condition(self) -> str:
        return self.resting_on.condition()

    def told(self) -> dict[str, object]:
        asked = self.resting_on
        return {
            "why": "recall",
            "entries": list(asked.entries),
            "from_revision": asked.from_revision,
            "before_revision": asked.before_revision,
        }


Removal = TooOld | Recalled


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal removed."""

    sightings: int
    segments: int  # whole files


def count(store: SqlStore, removal: Removal) -> int:
    """How many sightings it would remove."""
    found = store.engine.ask(f"SELECT count() AS n FROM sightings WHERE {removal.condition()}")
    return int(found["n"][0].as_py())


def remove(
    store: SqlStore, segments: Path, removal: Removal, *, by: str, purpose: str, now: datetime
) -> Removed:
    """Write the journal, then remove.

    Args:
        store: where from.
        segments: the folder of the segments' files, with the journal in it.
        removal: what.
        by: the account that asks.
        purpose: why, in words, for those who read the journal.
        now: UTC.
    """
    sightings = count(store, removal)
    line = {
        "at": now.isoformat(), "by": by, "purpose": purpose, **removal.told(),
        "sightings": sightings,
    }  # fmt: skip
    _append(segments / JOURNAL, line)
    _apply(store, removal)
    files = _remove_files(segments, removal.before) if isinstance(removal, TooOld) else 0
    return Removed(sightings, files)


def removals(segments: Path) -> Iterator[Removal]:
    """What the journal says was removed, in its order.

    Raises:
        StoreError: a line of it is damaged.
    """
    path = segments / JOURNAL
    if not path.exists():
        return
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        try:
            yield _read(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path}, line {number} is damaged ({error}).") from error


def apply_again(store: SqlStore, segments: Path) -> None:
    """Remove from a store that was rebuilt what had been removed before."""
    for removal in removals(segments):
        if count(store, removal):
            _apply(store, removal)


def _apply(store: SqlStore, removal: Removal) -> None:
    if isinstance(removal, TooOld):
        border = microseconds(removal.before) // PARTITION_US
        old = store.engine.ask(
            f"SELECT DISTINCT {PARTITION} AS part FROM sightings WHERE {removal.condition()}"
            " ORDER BY part"
        )
        for row in old.to_pylist():
            if row["part"] < border:
                store.engine.drop_partition("sightings", row["part"])
    if count(store, removal):
        store.engine.delete("sightings", removal.condition())


def _remove_files(segments: Path, before: datetime) -> int:
    gone = 0
    for path in sorted(segments.glob("*/*.parquet")):
        try:
            name = SegmentName.parse(path.name)
        except ValueError:
            continue
        if name.latest_at < before:
            for beside in sorted(path.parent.glob(f"{path.stem}.*")):
                beside.unlink()
            gone += 1
    return gone


def _read(told: Mapping[str, Any]) -> Removal:
    if told["why"] == "age":
        return TooOld(datetime.fromisoformat(told["before"]).astimezone(UTC))
    entries = tuple(int(one) for one in told["entries"])
    return Recalled(RestingOn(entries, told["from_revision"], told["before_revision"]))


def _append(path: Path, line: Mapping[str, object]) -> None:
    lay_folder(path.parent)
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
