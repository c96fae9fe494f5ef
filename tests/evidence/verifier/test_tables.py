import csv
import io
from typing import Any

from luzeiro.evidence.verifier.tables import csv_of
from luzeiro.observations.batch import to_table
from luzeiro.package.rows import json_row
from tests.observations.examples import sighting


def table(**changes: Any) -> list[dict[str, str]]:
    (sealed,) = to_table([sighting(1, **changes)]).to_pylist()
    held = csv_of([json_row(sealed, {"entry_id": 7, "category": None})])
    return list(csv.DictReader(io.StringIO(held.decode())))


def test_each_column_says_what_the_line_says() -> None:
    (row,) = table()
    assert row["remote_address"] == "198.51.100.7"
    assert row["seen_at"] == "2026-03-04T05:06:07.890123Z"
    assert row["completeness"] == "100.0"
    assert (row["hub_entry_id"], row["hub_category"], row["size_bytes"]) == ("7", "", "")


def test_remote_text_steers_neither_a_spreadsheet_nor_a_terminal() -> None:
    (row,) = table(client="=1+1", name="\x1b[2J\u202e")
    assert row["client"] == "'=1+1"
    assert row["name"] == "\\x1b[2J\\u202e"
