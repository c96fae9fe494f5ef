from luzeiro.observations.batch import SCHEMA
from luzeiro.sightings.schema import COLUMNS, VERSION, Profile, migrations


def test_every_column_of_the_record_is_kept_but_the_raw_exchange() -> None:
    kept = {column.name.split(".")[0] for column in COLUMNS}
    assert set(SCHEMA.names) - kept == {"exchange"}


def test_each_version_up_to_this_one_has_its_statements() -> None:
    for profile in Profile:
        assert sorted(migrations(profile)) == list(range(1, VERSION + 1))


def test_the_plain_profile_uses_nothing_that_old_servers_lack() -> None:
    plain = " ".join(sum(migrations(Profile.PLAIN).values(), ()))
    modern = " ".join(sum(migrations(Profile.MODERN).values(), ()))
    for word in ("LowCardinality", "fsync", "CODEC", "PROJECTION", "DateTime64", "UUID"):
        assert word not in plain
    assert "LowCardinality" in modern
    assert "fsync_after_insert" in modern
