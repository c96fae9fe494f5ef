"""From the spool into the store: each segment once, whatever is killed when.

Where a segment's file lies says how far it is::

    spool/                not begun
    spool/taking/         begun: its rows may be in the store
    segments/YYYY-MM-DD/  taken in: its rows are in the store, its line in the ledger
    spool/damaged/        not what was sealed: set aside, for a person to look at

Each move is synced before the next thing is done. Segments are taken in groups, oldest first: small
ones together make one insert, so a store is not filled with tiny parts. While one group is
inserted, the next is read, judged and placed: both lie in `taking` then. What a crash left there is
settled first. An engine that does not know repeats is asked what it has; for one that
does, the very rows are kept beside the segments until the ledger has them (prepared.py), for by
then the catalogue may say something else.

Whoever lets segments into the spool has checked what they claim (hub/examine.py: signature, Merkle
root, every raw exchange) and named them by the SHA-256 of the file that was checked. Here each
file's SHA-256 is worked out again: so what goes into the store is what was admitted.

Nothing is dropped where the store cannot follow: segments wait in the spool, which is what stops a
collector that fills its disk.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from luzeiro.evidence import durable
from luzeiro.observations.segment import DamagedSegmentError, SegmentName, read, waiting_in
from luzeiro.sightings import prepared
from luzeiro.sightings.columns import KEPT, for_store
from luzeiro.sightings.moving import move
from luzeiro.sightings.ordering import in_order
from luzeiro.sightings.store import SightingStore, StoreBusyError, StoreFullError, Taken
from luzeiro.sightings.verdicts import KnownVerdicts, Verdicts

GATHER_ROWS = 500_000  # in one insert, unless one segment alone has more
GATHER_SEGMENTS = 1000  # in one insert: a question names them all
KEEP_FREE_BYTES = 2**30  # of the store's disk: merges need room too
_TICK = timedelta(microseconds=1)
Placing = Callable[[pa.Table], pa.Table | None]  # a segment's table -> rows of places.PLACE


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


@dataclass(frozen=True, slots=True)
class _Group:
    """Segments that go in together, and whether that was begun before."""

    paths: tuple[Path, ...]
    was_begun: bool


@dataclass(frozen=True, slots=True)
class _Ready:
    """A group whose rows are made: only the store is missing."""

    paths: tuple[Path, ...]
    counts: tuple[int, ...]  # of each one's rows
    rows: pa.Table | None  # of all, in the table's order; None where there are none
    was_begun: bool
    report: IntakeReport


def nowhere(_sealed: pa.Table) -> None:
    """Place nothing: every sighting stays unplaced."""


class Intake:
    """Takes segments from one spool into one store. One runs at a time; a second waits for it."""

    def __init__(
        self,
        store: SightingStore,
        *,
        spool: Path,
        segments: Path,
        verdicts: Verdicts,
        now: Callable[[], datetime],
        places: Placing = nowhere,
        free_bytes: Callable[[], int] | None = None,
        still_there: Callable[[], object] = lambda: None,
        on_sightings: Callable[[int], object] = lambda _: None,
    ) -> None:
        """Make ready.

        Args:
            store: where to.
            spool: where sealed segments wait; its folders `taking` and `damaged` are ours.
            segments: where they are kept, by the UTC day of their latest sighting.
            verdicts: what the catalogue says of each file.
            now: UTC, for the ledger.
            places: where the addresses are.
            free_bytes: what the store's disk has left; nothing is begun below `KEEP_FREE_BYTES`.
            still_there: raises StoreError where the home has another store by now; asked once the
                lock is held, for who had it may have been a rebuild.
            on_sightings: hears how many were taken in, group by group.
        """
        self._store, self._verdicts, self._now = store, verdicts, now
        self._places, self._free_bytes, self._on_sightings = places, free_bytes, on_sightings
        self._still_there = still_there
        self._spool, self._segments = spool, segments
        self._taking, self._damaged = spool / "taking", spool / "damaged"
        for folder in (self._taking, segments):
            durable.lay_folder(folder)
        self._latest: datetime | None = None
        self._known = KnownVerdicts(verdicts)

    def run(self) -> IntakeReport:
        """Take in all that waits, what was begun first.

        Raises:
            StoreFullError: the store's disk has too little room; what waits goes on waiting.
            StoreBusyError: another intake has the spool, and was not done in time.
            StoreError: the store fails; what is not taken in waits for the next time.
        """
        report = IntakeReport()
        with alone(self._spool):
            self._still_there()
            self._known = KnownVerdicts(self._verdicts)
            latest = self._store.latest_taken()
            self._latest = latest.taken_at if latest else None
            self._settle_prepared()
            for done in self._inserted(map(self._make_ready, self._groups())):
                report = _sum(report, done)
            if report.segments:
                self._store.tidy()
        return report

    def _inserted(self, groups: Iterator[_Ready]) -> Iterator[IntakeReport]:
        """Insert each group in a thread of its own while the next one is made ready."""
        with ThreadPoolExecutor(1, "insert") as hand:
            under_way: Future[IntakeReport] | None = None
            for ready in groups:
                if under_way is not None:
                    yield under_way.result()
                under_way = hand.submit(self._insert, ready)
            if under_way is not None:
                yield under_way.result()

    def _groups(self) -> Iterator[_Group]:
        """Groups whose segments lie in `taking`; the same files give the same groups."""
        if begun := waiting_in(self._taking):
            for paths in gathered(begun):
                yield _Group(paths, was_begun=True)
        for paths in gathered(waiting_in(self._spool)):
            self._check_room()
            yield _Group(tuple(move(paths, self._taking)), was_begun=False)

    def _make_ready(self, group: _Group) -> _Ready:
        fresh, damaged, tables = [], [], []
        names = {path: SegmentName.parse(path.name) for path in group.paths}
        taken = self._store.taken_among([name.sha256 for name in names.values()])
        repeated = [path for path, name in names.items() if name.sha256 in taken]
        self._keep(repeated)
        for path, name in names.items():
            if name.sha256 in taken:
                continue
            try:
                tables.append(self._rows_of(path, name))
                fresh.append(path)
            except DamagedSegmentError as error:
                damaged.append(self._set_aside(path, str(error), was_begun=group.was_begun))
        without = sum(rows["entry_id"].null_count for rows in tables)
        count = sum(map(len, tables))
        report = IntakeReport(len(fresh), count, without, len(repeated), tuple(damaged))
        rows = in_order(tables) if tables else None
        return _Ready(tuple(fresh), tuple(map(len, tables)), rows, group.was_begun, report)

    def _rows_of(self, path: Path, name: SegmentName) -> pa.Table:
        sealed = read(path, KEPT, words_as_numbers=True)
        judged = self._known.columns(sealed)
        return for_store(sealed, judged, name.sha256, self._places(sealed))

    def _insert(self, ready: _Ready) -> IntakeReport:
        if ready.rows is not None:
            self._insert_rows(ready, ready.rows)
        self._on_sightings(ready.report.sightings)
        return ready.report

    def _insert_rows(self, ready: _Ready, rows: pa.Table) -> None:
        digests = [SegmentName.parse(path.name).sha256 for path in ready.paths]
        taken_at = self._instant()
        lines = [
            Taken(digest, path.name, count, taken_at)
            for digest, path, count in zip(digests, ready.paths, ready.counts, strict=True)
        ]
        if self._store.engine.repeats_are_dropped:
            block = prepared.put(self._taking, lines, rows)
            self._finish(block)
            return
        if ready.was_begun:
            there = pa.array([line.sha256 for line in self._all_there(lines)], pa.binary(32))
            rows = rows.filter(pc.invert(pc.is_in(rows["segment"], there))).combine_chunks()
        if len(rows):
            self._store.insert(rows, token=token_of(digests))
        self._store.enter(*lines)
        self._keep(ready.paths)

    def _settle_prepared(self) -> None:
        for block in prepared.waiting_in(self._taking):
            self._finish(block)

    def _finish(self, block: Path) -> None:
        """Insert prepared rows, again if need be; the engine drops what it has."""
        lines, rows = prepared.get(block)
        self._store.insert(rows, token=token_of([line.sha256 for line in lines]))
        self._store.enter(*lines)
        paths = [self._taking / line.name for line in lines]
        self._keep([path for path in paths if path.exists()])
        block.unlink()

    def _all_there(self, lines: Sequence[Taken]) -> set[Taken]:
        """Which of the segments are in the store whole; what is there in part is taken back."""
        found = self._store.sightings_of([line.sha256 for line in lines])
        if in_part := [
            line.sha256 for line in lines if found.get(line.sha256, 0) not in (0, line.sightings)
        ]:
            self._store.remove(in_part)
        return {line for line in lines if found.get(line.sha256) == line.sightings}

    def _instant(self) -> datetime:
        """Now, but later than any line of the ledger, which others read by its order."""
        now = self._now()
        self._latest = now if self._latest is None else max(now, self._latest + _TICK)
        return self._latest

    def _check_room(self) -> None:
        if self._free_bytes is not None and self._free_bytes() < KEEP_FREE_BYTES:
            raise StoreFullError(
                f"The store's disk has less than {KEEP_FREE_BYTES >> 20} MiB left, which merges "
                f"need. Nothing is lost: what waits stays in {self._spool}. Make room, then run "
                "the command again."
            )

    def _keep(self, paths: Sequence[Path]) -> None:
        for day, some in groupby(paths, lambda path: SegmentName.parse(path.name).on.isoformat()):
            move(some, self._segments / day)

    def _set_aside(self, path: Path, why: str, *, was_begun: bool) -> Damaged:
        if was_begun:
            self._store.remove([SegmentName.parse(path.name).sha256])
        (aside,) = move([path], self._damaged)
        return Damaged(
            aside,
            f"{path.name} is damaged and was set aside in {self._damaged}: {why}. "
            "Fetch it again from its collector if that still has it.",
        )


def gathered(paths: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """Neighbours, as long as they have `GATHER_ROWS` and are `GATHER_SEGMENTS` at most."""
    group: list[Path] = []
    gathered = 0
    for path in paths:
        rows = _row_count(path)
        if group and (gathered + rows > GATHER_ROWS or len(group) == GATHER_SEGMENTS):
            yield tuple(group)
            group, gathered = [], 0
        group.append(path)
        gathered += rows
    if group:
        yield tuple(group)


def _row_count(path: Path) -> int:
    """What the file says of itself; `read` finds out whether it is damaged."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError):
        return 0


def token_of(digests: Sequence[bytes]) -> str:
    """What names an insert of segments: the digest of one; of several, the digest of theirs."""
    return (digests[0] if len(digests) == 1 else hashlib.sha256(b"".join(digests)).digest()).hex()


def _sum(one: IntakeReport, other: IntakeReport) -> IntakeReport:
    return replace(
        one,
        segments=one.segments + other.segments,
        sightings=one.sightings + other.sightings,
        without_entry=one.without_entry + other.without_entry,
        repeated=one.repeated + other.repeated,
        damaged=one.damaged + other.damaged,
    )


@contextmanager
def alone(spool: Path) -> Iterator[None]:
    """Hold the spool's intake lock, which the kernel drops with its holder."""
    path = spool / "taking" / "lock"
    durable.lay_folder(path.parent)
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError as error:
            raise StoreBusyError(f"{path} cannot be locked ({error.strerror}).") from error
        yield
    finally:
        os.close(lock)
