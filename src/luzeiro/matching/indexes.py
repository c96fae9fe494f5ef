"""The indexes of one catalogue: what is watched, by each kind of identifier, kept up to date.

`refresh` is a step of "make it so": run it after each change, or whenever; a crash only delays it.
An index holds the identifiers that are looked for and the entries that they name, nothing else.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from luzeiro.catalogue.changes import (
    State,
    changed_since,
    count_changed_since,
    state_now,
    still_there,
)
from luzeiro.catalogue.queries import watched_names
from luzeiro.catalogue.standing import watched_entries
from luzeiro.evidence.durable import lay_folder
from luzeiro.matching.build import Addition, build_index, update_index
from luzeiro.matching.current import CurrentIndex
from luzeiro.matching.index import MatchingIndex
from luzeiro.matching.layout import DamagedIndexError, width_of
from luzeiro.observations.identifiers import WIDTH_BYTES, Identifier, IdentifierKind

KINDS = tuple(WIDTH_BYTES)
STATE = "state.json"
_PIECE = 200_000  # identifiers read at once
_FEW_CHANGED = 50_000  # entries; more, and building from nothing is quicker


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was done for one kind."""

    kind: IdentifierKind
    how: str  # "unchanged", "updated" or "built"
    count: int  # identifiers in the index now


def index_path(folder: Path, kind: IdentifierKind) -> Path:
    """Where the index of a kind lies."""
    return folder / f"{kind}.index"


def refresh(
    folder: Path, *, anew: bool = False, on_kind: Callable[[Refreshed], object] = lambda _: None
) -> list[Refreshed]:
    """Bring the indexes of the open catalogue up to date.

    Where little changed since they were made, the change is merged in; else, and where one is
    missing or damaged, they are built from the catalogue. Running readers keep what they have open
    until they take the next one (`CurrentIndex`).

    Args:
        folder: where they are kept; made if need be.
        anew: build whatever their state.
        on_kind: hears each kind that is done.

    Raises:
        BuildUnderWayError: another process builds them.
    """
    lay_folder(folder)
    now, before = state_now(), None if anew else _read_state(folder)
    if before is not None and not _can_go_on_from(before):
        before = None
    watched = watched_entries() if before != now else np.zeros(0, np.bool_)
    done = []
    for kind in KINDS:
        done.append(_refreshed(folder, kind, before, now, watched))
        on_kind(done[-1])
    _write_state(folder, now)
    return done


class WatchedIndexes:
    """The indexes of a folder, open: which entry does an identifier name, if it is watched?

    Follows the swaps; whoever holds an index from before keeps its answers from before.
    """

    def __init__(self, folder: Path) -> None:
        """Open those that are there.

        Raises:
            DamagedIndexError: one must not be used.
        """
        self._current = {
            kind: CurrentIndex(path)
            for kind in KINDS
            if (path := index_path(folder, kind)).is_file()
        }

    def reopen_if_changed(self) -> bool:
        """Take what a build has swapped since; one look at the folder for each kind."""
        changed = [current.reopen_if_changed() for current in self._current.values()]
        return any(changed)

    def entry_of(self, identifier: Identifier) -> int | None:
        """The entry that an identifier names; None where it is not watched."""
        current = self._current.get(identifier.kind)
        return None if current is None else current.index.entry_of(identifier.digest)

    def find_entries(self, kind: IdentifierKind, digests: NDArray[np.uint8]) -> NDArray[np.int64]:
        """As `MatchingIndex.find_entries`, for one kind; -1 where nothing of it is watched."""
        current = self._current.get(kind)
        if current is None:
            return np.full(len(digests), -1, np.int64)
        return current.index.find_entries(digests)


def _can_go_on_from(state: State) -> bool:
    if not still_there(state):
        return False
    return count_changed_since(state, at_most=_FEW_CHANGED) < _FEW_CHANGED


def _refreshed(
    folder: Path,
    kind: IdentifierKind,
    before: State | None,
    now: State,
    watched: NDArray[np.bool_],
) -> Refreshed:
    path = index_path(folder, kind)
    if before is not None:
        try:
            index = MatchingIndex.open(path)
            if before == now:
                return Refreshed(kind, "unchanged", len(index))
            return _updated(path, kind, before, watched, len(index))
        except (FileNotFoundError, DamagedIndexError):
            pass  # the catalogue has it all
    if not len(watched):
        watched = watched_entries()
    built = build_index(path, kind, _additions(kind, watched))
    return Refreshed(kind, "built", built.count)


def _updated(
    path: Path, kind: IdentifierKind, before: State, watched: NDArray[np.bool_], count: int
) -> Refreshed:
    width, added, removed = width_of(kind), [], []
    for digest, entry, stands in changed_since(before, kind):
        if stands and entry < len(watched) and watched[entry]:
            added.append((digest, entry))
        else:
            removed.append(digest)
    if not added and not removed:
        return Refreshed(kind, "unchanged", count)
    built = update_index(
        path,
        [_addition(added, width)],
        removals=[np.frombuffer(b"".join(removed), np.uint8).reshape(-1, width)],
    )
    return Refreshed(kind, "updated", built.count)


def _additions(kind: IdentifierKind, watched: NDArray[np.bool_]) -> Iterator[Addition]:
    names = ((digest, entry) for digest, _, entry in watched_names(kind, watched))
    while some := list(islice(names, _PIECE)):
        yield _addition(some, width_of(kind))


def _addition(names: list[tuple[bytes, int]], width: int) -> Addition:
    digests = np.frombuffer(b"".join(digest for digest, _ in names), np.uint8)
    entries = np.array([entry for _, entry in names], np.int64)
    return Addition(digests.reshape(-1, width), entries)


def _read_state(folder: Path) -> State | None:
    try:
        told = json.loads((folder / STATE).read_text())
        return State(**told)
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _write_state(folder: Path, state: State) -> None:
    beside = folder / f"{STATE}.new"
    with beside.open("w") as file:
        json.dump({"revision": state.revision, "made_at": state.made_at, "rule": state.rule}, file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / STATE)
