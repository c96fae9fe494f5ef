"""From the spool into the store: each segment once, whatever is killed when.

Where a segment's file lies says how far it is::

    spool/                not begun
    spool/taking/         begun: its rows may be in the store
    segments/YYYY-MM-DD/  taken in: its rows are in the store, its line in the ledger
    spool/damaged/        not what was sealed: set aside, for a person to look at

Each move is synced before the next thing is done. So only segments found in `taking` need the
question whether their rows are there already, which reads a column of the whole table.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from luzeiro.observations.segment import DamagedSegmentError, SegmentName, read, waiting_in
from luzeiro.sightings.columns import for_store
from luzeiro.sightings.store import SightingStore, Taken
from luzeiro.sightings.verdicts import Verdicts, verdict_columns


@dataclass(frozen=True, slots=True)
class Damaged:
    """A segment that was set aside: where it lies now, and why."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What one intake did."""

    segments: int = 0
    sightings: int = 0
    without_entry: int = 0  # of these sightings: the catalogue no longer knows the file
    repeated: int = 0  # segments that had been taken in before
    damaged: tuple[Damaged, ...] = ()


class Intake:
    """Takes segments from one spool into one store. Whoever runs it holds the store's lock."""

    def __init__(
        self,
        store: SightingStore,
        *,
        spool: Path,
        segments: Path,
        verdicts: Verdicts,
        now: Callable[[], datetime],
    ) -> None:
        """Make ready.

        Args:
            store: where to.
            spool: where sealed segments wait; its folders `taking` and `damaged` are ours.
            segments: where they are kept, by the UTC day of their latest sighting.
            verdicts: what the catalogue says of each file.
            now: UTC, for the ledger.
        """
        self._store, self._verdicts, self._now = store, verdicts, now
        self._spool, self._segments = spool, segments
        self._taking, self._damaged = spool / "taking", spool / "damaged"
        for folder in (self._taking, segments):
            folder.mkdir(parents=True, exist_ok=True)

    def run(self) -> IntakeReport:
        """Take in all that waits, what was begun first.

        Raises:
            StoreError: the store fails; what is not taken in waits for the next time.
        """
        segments = sightings = without_entry = repeated = 0
        damaged = []
        for begun, was_begun in self._begun():
            try:
                taken = self._take_in(begun, was_begun=was_begun)
            except DamagedSegmentError as error:
                damaged.append(self._set_aside(begun, str(error), was_begun=was_begun))
                continue
            if taken is None:
                repeated += 1
            else:
                segments += 1
                sightings += len(taken)
                without_entry += taken["entry_id"].null_count
        if segments:
            self._store.tidy()
        return IntakeReport(segments, sightings, without_entry, repeated, tuple(damaged))

    def _begun(self) -> Iterator[tuple[Path, bool]]:
        """Each segment once it lies in `taking`, and whether it lay there before."""
        for path in waiting_in(self._taking):
            yield path, True
        for path in waiting_in(self._spool):
            yield _move(path, self._taking), False

    def _take_in(self, path: Path, *, was_begun: bool) -> pa.Table | None:
        """Take in one segment; None if it had been.

        Raises:
            DamagedSegmentError: its bytes are not those that were sealed.
        """
        name = SegmentName.parse(path.name)
        if self._store.taken(name.sha256):
            self._keep(path, name)
            return None
        sealed = read(path)
        rows = for_store(sealed, verdict_columns(sealed, self._verdicts), name.sha256)
        if not (was_begun and self._is_all_there(name.sha256, len(rows))):
            self._store.insert(rows)
        self._store.enter(Taken(name.sha256, path.name, len(rows), self._now()))
        self._keep(path, name)
        return rows

    def _is_all_there(self, sha256: bytes, expected: int) -> bool:
        found = self._store.sightings_of(sha256)
        if found not in (0, expected):
            self._store.remove(sha256)  # a part of it: begin anew
        return found == expected

    def _keep(self, path: Path, name: SegmentName) -> None:
        _move(path, self._segments / name.on.isoformat())

    def _set_aside(self, path: Path, why: str, *, was_begun: bool) -> Damaged:
        if was_begun:
            self._store.remove(SegmentName.parse(path.name).sha256)
        aside = _move(path, self._damaged)
        return Damaged(
            aside,
            f"{path.name} is damaged and was set aside in {self._damaged}: {why}. "
            "Fetch it again from its collector if that still has it.",
        )


def _move(path: Path, folder: Path) -> Path:
    """Move a file into a folder, on the same disk, so that a power cut cannot undo it."""
    fresh = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    moved = path.rename(folder / path.name)
    for changed in (folder, path.parent, *((folder.parent,) if fresh else ())):
        _sync_folder(changed)
    return moved


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
