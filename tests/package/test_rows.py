from luzeiro.observations.batch import SCHEMA, to_table
from luzeiro.package.rows import json_row
from tests.observations.examples import sighting


def test_a_row_has_every_field_but_the_raw_exchange() -> None:
    (sealed,) = to_table([sighting(1)]).to_pylist()
    row = json_row(sealed, {"entry_id": 3})
    assert set(row) == {*SCHEMA.names, "hub"} - {"exchange"}
    assert row["remote_address"] == "198.51.100.7"
    assert row["seen_at"] == row["started_at"] == "2026-03-04T05:06:07.890123Z"
    assert row["collector"] == "00000000-0000-0000-0000-000000000001"
    assert row["told_by"][0]["address"] == "203.0.113.9"
    assert row["hub"] == {"entry_id": 3}


def test_what_is_unknown_is_null() -> None:
    (sealed,) = to_table([sighting(1, own=None, client=None, file_index=None)]).to_pylist()
    row = json_row(sealed, {})
    assert (row["own_address"], row["own_port"], row["client"], row["file_index"]) == (None,) * 4
