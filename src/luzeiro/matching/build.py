"""Build a matching index beside the one in use, and swap them."""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from luzeiro.matching.index import MatchingIndex
from luzeiro.matching.layout import MAX_ENTRY, width_of
from luzeiro.matching.merge import Source, merge
from luzeiro.matching.runs import Rows, Run, newest_ascending
from luzeiro.matching.write import IndexWriter
from luzeiro.observations.identifiers import IdentifierKind

ROWS_AT_ONCE = 1 << 21  # some 450 MB of scratch for digests of 20 bytes
_OLD, _REMOVED, _ADDED = 0, 1, 2  # ages: what is added holds against what is removed


class BuildUnderWayError(Exception):
    """Another process builds this index."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is being built by another process. Wait for it and try again.")


@dataclass(frozen=True, slots=True)
class Addition:
    """Some digests and the entries that they name; of one digest twice the later row holds."""

    digests: NDArray[np.uint8]  # shape (n, width), in any order
    entries: NDArray[np.integer]  # shape (n,): from 0 to 4,294,967,295


@dataclass(frozen=True, slots=True)
class Built:
    count: int
    digest: bytes  # of the index: `MatchingIndex.digest`


def build_index(
    path: Path,
    kind: IdentifierKind,
    additions: Iterable[Addition],
    *,
    rows_at_once: int = ROWS_AT_ONCE,
) -> Built:
    """Build an index from nothing and put it at `path`; one that is there is replaced.

    Readers that have the old one open keep it. A crash at any moment leaves the old or the new
    one, whole; the next build clears away what the crash left beside it.

    Raises:
        ValueError: a digest of another width, an entry out of bounds, a kind without a width.
        BuildUnderWayError: another process builds at `path`.

    Cost: `rows_at_once` rows in memory, twice the index on disk.
    """
    with _workshop(path) as work:
        runs = _spilled(additions, kind, work, rows_at_once)
        return _merged(path, kind, list(runs), work, rows_at_once)


def update_index(
    path: Path,
    additions: Iterable[Addition],
    *,
    removals: Iterable[NDArray[np.uint8]] = (),
    rows_at_once: int = ROWS_AT_ONCE,
) -> Built:
    """Merge additions and removals against the index at `path`, in one pass over it.

    Gives byte for byte what `build_index` would of the outcome. A digest that is both removed and
    added is added; an added one that is there gets the new entry; removing what is not there does
    nothing.

    Raises:
        DamagedIndexError: the old index is damaged: nothing of it is carried over.
        FileNotFoundError, ValueError, BuildUnderWayError: as `build_index`.
    """
    with _workshop(path) as work:
        old = MatchingIndex.open(path)
        gone = (Addition(digests, np.zeros(len(digests), np.uint32)) for digests in removals)
        sources: list[Source] = [
            _Old(old),
            *_spilled(gone, old.kind, work, rows_at_once, age=_REMOVED),
            *_spilled(additions, old.kind, work, rows_at_once),
        ]
        return _merged(path, old.kind, sources, work, rows_at_once)


class _Old:
    """The old index as a source of a merge."""

    age = _OLD

    def __init__(self, index: MatchingIndex) -> None:
        self._index = index
        self.first_above = index.first_above

    def __len__(self) -> int:
        return len(self._index)

    def rows(self, start: int, stop: int) -> Rows:
        return Rows(*self._index.rows(start, stop))

    def key_at(self, row: int) -> int:
        return int(self.rows(row, row + 1).keys[0])


def _spilled(
    additions: Iterable[Addition],
    kind: IdentifierKind,
    work: Path,
    rows_at_once: int,
    *,
    age: int | None = None,
) -> Iterator[Run]:
    """Sort additions into runs on disk; each run is newer than the one before unless `age` says."""
    for i, rows in enumerate(_gathered(additions, width_of(kind), rows_at_once)):
        ascending, _ = newest_ascending(rows, np.zeros(len(rows), np.uint32))
        own = _ADDED + i if age is None else age
        yield Run.spill(ascending, work / f"{'added' if age is None else 'removed'}-{i}", own)


def _gathered(additions: Iterable[Addition], width: int, rows_at_once: int) -> Iterator[Rows]:
    """Cut or join additions into pieces of `rows_at_once` rows; the last has the rest."""
    waiting: list[Rows] = []
    room = rows_at_once
    for addition in additions:
        _check(addition, width)
        for start in range(0, len(addition.digests), rows_at_once):
            rows = Rows.of(
                addition.digests[start : start + rows_at_once],
                addition.entries[start : start + rows_at_once].astype(np.uint32),
            )
            while len(rows) >= room:
                yield _joined([*waiting, rows[:room]])
                rows, waiting, room = rows[room:], [], rows_at_once
            waiting.append(rows)
            room -= len(rows)
    if room < rows_at_once:
        yield _joined(waiting)


def _joined(parts: list[Rows]) -> Rows:
    return Rows(
        np.concatenate([part.keys for part in parts]),
        np.concatenate([part.tails for part in parts]),
    )


def _check(addition: Addition, width: int) -> None:
    digests, entries = addition.digests, addition.entries
    if digests.ndim != 2 or digests.dtype != np.uint8 or digests.shape[1] != width:
        raise ValueError(f"digests of shape (n, {width}) are needed, got {digests.shape}")
    if entries.shape != (len(digests),):
        raise ValueError(f"{len(digests)} digests need as many entries, got {entries.shape}")
    if len(entries) and not 0 <= int(entries.min()) <= int(entries.max()) <= MAX_ENTRY:
        raise ValueError(f"entries go from 0 to {MAX_ENTRY}")


def _merged(
    path: Path, kind: IdentifierKind, sources: list[Source], work: Path, rows_at_once: int
) -> Built:
    most = sum(len(source) for source in sources)
    with IndexWriter(work / "index", kind, most) as writer:
        for rows, ages in merge(sources, rows_at_once=rows_at_once):
            writer.append(rows[ages != _REMOVED])
        built = Built(writer.count, writer.finish())
    (work / "index").replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name must outlast a power cut too
    finally:
        os.close(folder)
    return built


@contextmanager
def _workshop(path: Path) -> Iterator[Path]:
    """A folder beside `path` for the build's files, for one builder at a time."""
    work = path.with_name(path.name + ".building")
    with path.with_name(path.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BuildUnderWayError(path) from None
        shutil.rmtree(work, ignore_errors=True)  # what a crash left
        work.mkdir()
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
