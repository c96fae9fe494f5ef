"""What rests on the catalogue elsewhere, for a recall: one hook for each that keeps such things."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from luzeiro.catalogue.recall import Affected, Hook, Rested
from luzeiro.cli.home import Home
from luzeiro.cli.store import open_store
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.store import SightingStore

_ONE_BY_ONE = 100  # files; for more, all sightings are read once


@contextmanager
def hooks(home: Home) -> Iterator[Sequence[Hook]]:
    """Open what keeps such things. Leads and packages: a line each, here."""
    with open_store(home) as store:
        yield (Sightings(store),)


@dataclass(frozen=True, slots=True)
class Sightings:
    """Sightings of an affected file, as the store recorded the entry at their intake."""

    store: SightingStore

    def resting_on(self, affected: Sequence[Affected]) -> Iterator[Rested]:
        """Give the sightings whose file's category changed, or whose identifier fell away."""
        file_of = {entry: file for file in affected for entry in file.entries}
        for row in self._rows(list(file_of)):
            file = file_of.get(row["entry_id"])
            if file is not None and _rests(row, file):
                yield Rested(
                    what="sighting",
                    number=str(UUID(bytes=row["sighting_id"])),
                    entry_id=file.entry_id,
                    at=row["seen_at"],
                    category_then=row["category"],
                    category_now=file.category_now,
                    told=f"list revision {row['list_revision']}, grade {row['grade']}",
                )

    def _rows(self, entries: list[int]) -> Iterator[dict[str, Any]]:  # Any: a row of the store
        wanted: Iterable[SightingFilter] = (
            [SightingFilter(entry_id=entry) for entry in entries]
            if len(entries) <= _ONE_BY_ONE
            else [SightingFilter()]
        )
        for one in wanted:
            for batch in self.store.rows(one):
                yield from batch.to_pylist()


def _rests(row: dict[str, Any], file: Affected) -> bool:  # Any: as `_rows`
    if file.category_before != file.category_now:
        return True
    return (row["identifier_kind"], row["identifier"]) in {
        (name.kind.value, name.digest) for name in file.lost
    }
