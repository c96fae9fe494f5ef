import pytest

from luzeiro.observations.grade import Grade
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.queries import count, count_by, rows
from luzeiro.sightings.schema import COLUMNS
from luzeiro.sightings.store import By
from tests.observations.examples import BTIH, PEER

ALL = SightingFilter()


def test_rows_are_asked_for_with_every_column_newest_first() -> None:
    asked = rows(ALL, None)
    assert all(f"`{column.name}`" in asked for column in COLUMNS if column.name != "grade")
    assert asked.endswith("ORDER BY seen_at DESC, sighting_id DESC")
    assert rows(ALL, 7).endswith(" LIMIT 7")


def test_addresses_are_counted_exactly_since_this_is_evidence() -> None:
    for asked in (count(ALL), *(count_by(ALL, by) for by in By)):
        assert "uniqExact(remote_address)" in asked
        assert "uniq(" not in asked


def test_what_is_corroborated_is_derived_from_stated_sightings_alone() -> None:
    asked = count(SightingFilter(grade=Grade.CORROBORATED))
    # On two days, twice under one id, and which ids do not count.
    assert asked.count("GROUP BY") == asked.count("HAVING") == 3
    assert "'stated'" in asked or Grade.STATED.encode().hex() in asked.lower()


@pytest.mark.parametrize(
    "wanted", [SightingFilter(addresses=(PEER.packed,)), SightingFilter(identifier=BTIH)]
)
def test_a_filter_by_address_or_file_narrows_what_corroborates_too(wanted: SightingFilter) -> None:
    assert len(rows(wanted, None)) > len(rows(ALL, None))


def test_where_no_durable_id_is_met_none_is_looked_for() -> None:
    assert "ARRAY JOIN" not in rows(ALL, None, under=[])
    assert "ARRAY JOIN" in rows(ALL, None, under=[("guid", b"g")])
