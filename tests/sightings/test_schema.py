from luzeiro.observations.batch import SCHEMA
from luzeiro.places.place import PLACE
from luzeiro.sightings.schema import (
    COLUMNS,
    ORDER,
    VERSION,
    Profile,
    migrations,
    sightings_engine,
    table,
)


def test_every_column_of_the_record_is_kept_but_the_raw_exchange() -> None:
    kept = {column.name.split(".")[0] for column in COLUMNS}
    assert set(SCHEMA.names) - kept == {"exchange"}


def test_every_column_of_a_place_is_kept() -> None:
    assert set(PLACE.names) <= {column.name for column in COLUMNS}


def test_each_version_up_to_this_one_has_its_statements() -> None:
    assert sorted(migrations()) == list(range(1, VERSION + 1))


def test_the_plain_profile_uses_nothing_that_old_servers_lack() -> None:
    plain = table("t", COLUMNS, Profile.PLAIN, sightings_engine(), settings="fsync = 1")
    modern = table("t", COLUMNS, Profile.MODERN, sightings_engine(), settings="fsync = 1")
    for word in ("fsync", "CODEC", "PROJECTION", "INDEX"):
        assert word in modern, word
        assert word not in plain, word
    assert "LowCardinality" not in plain
    assert "DateTime64" not in plain
    assert "UUID" not in plain


def test_rows_lie_as_units_ask_by_region_then_address() -> None:
    assert ORDER == "(country, region, remote_address, seen_at)"
