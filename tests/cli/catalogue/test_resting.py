from collections.abc import Iterator
from typing import Any, cast

import pyarrow as pa
import pytest

from luzeiro.catalogue.recall import Affected
from luzeiro.cli.catalogue import resting
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.store import SightingStore
from tests.catalogue.imports import AT, name
from tests.observations.examples import sighting


class Store:
    """Gives the same sightings to each question, as far as it asks for an entry."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:  # Any: rows of the store
        self._rows = rows
        self.asked: list[SightingFilter] = []

    def rows(self, wanted: SightingFilter) -> Iterator[pa.RecordBatch]:
        self.asked.append(wanted)
        found = [row for row in self._rows if wanted.entry_id in (None, row["entry_id"])]
        if found:
            yield pa.RecordBatch.from_pylist(found)


def row(number: int, entry: int, digest: int = 1) -> dict[str, Any]:  # Any: a row of the store
    return {
        "sighting_id": sighting(number).sighting_id.bytes,
        "entry_id": entry,
        "seen_at": AT,
        "category": "s:l",
        "list_revision": 1,
        "grade": "stated",
        "identifier_kind": "md5",
        "identifier": name("md5", digest).digest,
    }


def affected(entry: int, **changes: Any) -> Affected:  # Any: whichever fields a test sets
    usual: dict[str, Any] = {
        "entries": (entry,),
        "category_before": "s:l",
        "category_now": None,
        "watched_before": True,
        "watched_now": False,
        "lost": (),
    }
    return Affected(entry_id=entry, **{**usual, **changes})


def numbers(store: Store, files: list[Affected]) -> list[str]:
    hook = resting.Sightings(cast("SightingStore", store))
    return sorted(one.number[-2:] for one in hook.resting_on(files))


def test_sightings_of_a_file_under_any_of_its_entries_rested_on_it() -> None:
    store = Store([row(1, 1), row(2, 2), row(3, 3)])
    assert numbers(store, [affected(1, entries=(1, 2))]) == ["01", "02"]
    assert [one.entry_id for one in store.asked] == [1, 2]


def test_where_only_a_name_fell_away_only_its_sightings_rested_on_it() -> None:
    store = Store([row(1, 1, digest=1), row(2, 1, digest=2)])
    file = affected(1, category_now="s:l", lost=(name("md5", 2),))
    assert numbers(store, [file]) == ["02"]


def test_for_many_files_the_store_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "_ONE_BY_ONE", 1)
    store = Store([row(1, 1), row(2, 9), row(3, 2)])
    assert numbers(store, [affected(1), affected(2)]) == ["01", "03"]
    assert store.asked == [SightingFilter()]
