from datetime import UTC, datetime
from pathlib import Path

from luzeiro.cli.home import Home
from luzeiro.cli.placing import placing
from luzeiro.observations.batch import to_table
from luzeiro.places.loading import load_mmdb
from tests.observations.examples import sighting
from tests.places.mmdb_writer import write_mmdb


def test_a_segment_s_addresses_are_placed_by_the_tables_of_the_home(tmp_path: Path) -> None:
    sealed = to_table([sighting(1)])
    unplaced = placing(Home(tmp_path))(sealed)
    assert unplaced is not None
    assert unplaced["country"].to_pylist() == [""]
    path = tmp_path / "t.mmdb"
    path.write_bytes(write_mmdb({"198.51.100.0/24": {"country_code": "PY"}}))
    load_mmdb(path, Home(tmp_path).places, now=datetime(2026, 4, 1, tzinfo=UTC))
    placed = placing(Home(tmp_path))(sealed)
    assert placed is not None
    assert placed["country"].to_pylist() == ["PY"]
