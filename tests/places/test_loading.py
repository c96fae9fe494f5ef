import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from luzeiro.places.errors import PlaceTableError
from luzeiro.places.flags import Flag
from luzeiro.places.loading import (
    NOT_STATED,
    licence_of,
    load_delegations,
    load_list,
    load_mmdb,
    looks_like_delegations,
    looks_like_mmdb,
)
from luzeiro.places.tables import Kind, list_tables
from tests.places.mmdb_writer import write_mmdb
from tests.places.test_registry import FILE

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_table_of_places_and_one_of_asns_are_told_apart(tmp_path: Path) -> None:
    city = put(tmp_path / "c.mmdb", write_mmdb({"192.0.2.0/24": {"country_code": "AR"}}))
    asn = put(tmp_path / "a.mmdb", write_mmdb({"192.0.2.0/24": {"asn": 64500}}))
    assert load_mmdb(city, tmp_path / "places", now=NOW).kind is Kind.PLACE
    assert load_mmdb(asn, tmp_path / "places", now=NOW).kind is Kind.ASN
    assert len(list_tables(tmp_path / "places")) == 2


def test_a_table_is_in_force_from_when_it_was_built_unless_told(tmp_path: Path) -> None:
    path = put(tmp_path / "c.mmdb", write_mmdb({"192.0.2.0/24": {"country_code": "AR"}}))
    info = load_mmdb(path, tmp_path / "places", now=NOW)
    assert info.in_force_from == info.built_at == datetime(2026, 3, 1, tzinfo=UTC)
    told = load_mmdb(path, tmp_path / "places", now=NOW, in_force_from=NOW, licence="Ours")
    assert (told.in_force_from, told.licence) == (NOW, "Ours")
    assert list_tables(tmp_path / "places") == [told]  # the same file replaces itself


def test_a_file_that_says_nothing_of_places_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "x.mmdb", write_mmdb({"192.0.2.0/24": {"colour": "red"}}))
    with pytest.raises(PlaceTableError, match="--field country="):
        load_mmdb(path, tmp_path / "places", now=NOW)
    assert list_tables(tmp_path / "places") == []


def test_gzip_is_read_and_damaged_gzip_refused(tmp_path: Path) -> None:
    packed = gzip.compress(write_mmdb({"192.0.2.0/24": {"country_code": "AR"}}))
    good = put(tmp_path / "c.mmdb.gz", packed)
    assert load_mmdb(good, tmp_path / "places", now=NOW).records == 1
    bad = put(tmp_path / "bad.mmdb.gz", packed[:-20])
    with pytest.raises(PlaceTableError, match="damaged gzip"):
        load_mmdb(bad, tmp_path / "places", now=NOW)


def test_each_kind_of_file_is_known_by_its_looks(tmp_path: Path) -> None:
    table = put(tmp_path / "table", write_mmdb({"192.0.2.0/24": {"asn": 1}}))
    delegations = put(tmp_path / "delegated", FILE.encode())
    networks = put(tmp_path / "list.txt", b"192.0.2.0/24\n")
    assert looks_like_mmdb(table)
    assert not looks_like_mmdb(delegations)
    assert looks_like_delegations(delegations)
    assert not looks_like_delegations(networks)


def test_a_list_and_a_registry_are_loaded(tmp_path: Path) -> None:
    delegations = put(tmp_path / "delegated", FILE.encode())
    networks = put(tmp_path / "exits.txt", b"192.0.2.0/24\n")
    registry = load_delegations(delegations, tmp_path / "places", now=NOW)
    listed = load_list(networks, tmp_path / "places", Flag.TOR, now=NOW)
    assert (registry.kind, registry.name, registry.records) == (Kind.REGISTRY, "lacnic", 2)
    assert (listed.kind, listed.flag, listed.name) == (Kind.LIST, Flag.TOR, "exits")
    with pytest.raises(PlaceTableError, match=r"exits\.txt cannot be used: line 1"):
        load_list(put(networks, b"nonsense"), tmp_path / "places", Flag.TOR, now=NOW)
    with pytest.raises(PlaceTableError, match="not text"):
        load_delegations(put(delegations, b"\xff\xfe"), tmp_path / "places", now=NOW)


@pytest.mark.parametrize(
    ("database_type", "word"),
    [("GeoLite2-City", "End User"), ("GeoIP2-City", "commercial"), ("DBIP-City-Lite", "CC BY 4.0")],
)
def test_the_publisher_s_licence_is_shown(database_type: str, word: str) -> None:
    assert word in licence_of(database_type)


def test_an_unknown_publisher_s_licence_is_said_to_be_unknown() -> None:
    assert licence_of("Example") == NOT_STATED
