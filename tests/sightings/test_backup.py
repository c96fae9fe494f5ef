import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from luzeiro.sightings.backup import Shelf, back_up, restore
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.store import StoreError
from tests.sightings.test_copying import put

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def rows(store: EmbeddedStore) -> pa.Table:
    return pa.Table.from_batches(store.rows(SightingFilter()))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A backup of forty sightings in two partitions, made by a store that is closed again."""
    shelf = Shelf(str(tmp_path / "backup"))
    with EmbeddedStore(tmp_path / "first") as store:
        put(store, *range(40))
        heard: list[int] = []
        assert back_up(store, shelf, NOW, heard.append) == sum(heard) == 40
        with pytest.raises(StoreError, match="holds a backup already"):
            back_up(store, shelf, NOW)
    return shelf


def test_a_backup_restores_the_same_store(shelf: Shelf, tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "first") as store:
        before, ledger = rows(store), store.taken_after(None)
    with EmbeddedStore(tmp_path / "second") as store:
        assert restore(store, shelf) == 40
        assert rows(store) == before
        assert store.taken_after(None) == ledger
        with pytest.raises(StoreError, match="into an empty store"):
            restore(store, shelf)


def test_a_damaged_backup_is_refused_before_anything_is_done(
    shelf: Shelf, store: EmbeddedStore, tmp_path: Path
) -> None:
    path = max((tmp_path / "backup").glob("sightings-*.parquet"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError, match=rf"{path.name} is damaged"):
        restore(store, shelf)
    assert store.count(SightingFilter())["sightings"][0].as_py() == 0
    path.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        restore(store, shelf)


def test_what_is_no_backup_or_a_later_one_is_said(
    shelf: Shelf, store: EmbeddedStore, tmp_path: Path
) -> None:
    manifest = tmp_path / "backup" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "version": 99}))
    with pytest.raises(StoreError, match="of version 99"):
        restore(store, shelf)
    with pytest.raises(StoreError, match="holds no backup"):
        restore(store, Shelf(str(tmp_path)))
    with pytest.raises(StoreError, match="cannot be opened"):
        Shelf("nonsense://bucket")
