from datetime import UTC, datetime
from pathlib import Path

import pytest

from luzeiro.places.errors import PlaceTableError
from luzeiro.places.loading import load_mmdb
from luzeiro.places.tables import Kind, list_tables, read_tables
from tests.places.mmdb_writer import Value, write_mmdb

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def load(tmp_path: Path, country: str, month: int) -> None:
    at = datetime(2026, month, 1, tzinfo=UTC)
    path = tmp_path / f"{country}.mmdb"
    place: Value = {"country_code": country}
    networks = dict.fromkeys(("192.0.2.0/24", "198.51.100.0/24"), place)
    path.write_bytes(write_mmdb(networks, build_epoch=int(at.timestamp())))
    load_mmdb(path, tmp_path / "places", now=NOW)


def test_tables_are_listed_in_the_order_in_which_they_came_into_force(tmp_path: Path) -> None:
    load(tmp_path, "PY", 3)
    load(tmp_path, "AR", 2)
    tables = list_tables(tmp_path / "places")
    assert [info.built_at.month for info in tables] == [2, 3]
    assert {info.series for info in tables} == {(Kind.PLACE, "")}


def test_a_place_that_many_networks_share_is_kept_once(tmp_path: Path) -> None:
    load(tmp_path, "AR", 2)
    (table,) = read_tables(tmp_path / "places")
    assert table.records["country"].to_pylist() == ["AR"]
    assert table.info.records == 1


def test_what_a_crash_left_is_no_table(tmp_path: Path) -> None:
    load(tmp_path, "AR", 2)
    (folder,) = (tmp_path / "places").iterdir()
    folder.rename(folder.with_name(folder.name + ".loading"))
    assert list_tables(tmp_path / "places") == []


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    load(tmp_path, "AR", 2)
    (folder,) = (tmp_path / "places").iterdir()
    (folder / "table.json").write_text("{}")
    with pytest.raises(PlaceTableError, match=r"its table\.json cannot be read"):
        list_tables(tmp_path / "places")


def test_no_folder_is_no_table(tmp_path: Path) -> None:
    assert list_tables(tmp_path / "nowhere") == []
