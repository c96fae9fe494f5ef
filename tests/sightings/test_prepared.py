from pathlib import Path

import pyarrow as pa

from luzeiro.sightings import prepared
from luzeiro.sightings.store import Taken
from tests.observations.examples import AT


def test_prepared_rows_and_their_ledger_come_back(tmp_path: Path) -> None:
    lines = [Taken(b"a" * 32, "a.parquet", 2, AT), Taken(b"b" * 32, "b.parquet", 1, AT)]
    rows = pa.table({"x": [1, 2, 3]})
    path = prepared.put(tmp_path, lines, rows)
    assert prepared.waiting_in(tmp_path) == [path]
    assert prepared.get(path) == (lines, rows)


def test_what_a_crash_left_half_written_does_not_wait(tmp_path: Path) -> None:
    (tmp_path / "x.prepared.writing").write_bytes(b"half")
    assert prepared.waiting_in(tmp_path) == []
