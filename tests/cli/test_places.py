import json
from pathlib import Path

from tests.cli.conftest import Luzeiro
from tests.places.mmdb_writer import Value, write_mmdb

CITY: dict[str, Value] = {"192.0.2.0/24": {"country_code": "AR", "region_code": "B"}}


def put(path: Path, networks: dict[str, Value]) -> Path:
    path.write_bytes(write_mmdb(networks, database_type="GeoLite2-City"))
    return path


def test_a_table_is_loaded_listed_and_looked_up(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    loaded = luzeiro("places", "load", put(tmp_path / "c.mmdb", CITY), "--output", "json")
    assert loaded.status == 0
    assert "Licence: GeoLite End User License Agreement" in loaded.err
    listed = luzeiro("places", "list", "--output", "json")
    assert json.loads(listed.out) == json.loads(loaded.out)
    assert "End User License" in json.loads(listed.out)["licence"]
    found = luzeiro("places", "lookup", "192.0.2.7", "2001:db8::1", "--output", "json")
    here, nowhere = map(json.loads, found.out.splitlines())
    assert (here["country"], here["region"], here["place_table"]) == ("AR", "AR-B", "GeoLite2-City")
    assert nowhere["country"] == "unplaced"


def test_without_any_table_a_look_up_says_unplaced(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    found = luzeiro("places", "lookup", "192.0.2.7")
    assert found.status == 0
    assert "unplaced" in found.out


def test_a_layout_that_nobody_knows_is_read_by_paths(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    path = put(tmp_path / "own.mmdb", {"192.0.2.0/24": {"geo": {"cc": "CL"}}})
    refused = luzeiro("places", "load", path)
    assert refused.status == 2
    assert "--field country=" in refused.err
    assert luzeiro("places", "load", path, "--field", "country=geo.cc").status == 0
    assert "CL" in luzeiro("places", "lookup", "192.0.2.1").out
    wrong = luzeiro("places", "load", path, "--field", "county=geo.cc")
    assert (wrong.status, "'county' is none of" in wrong.err) == (2, True)


def test_a_list_flags_what_is_on_it(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    (tmp_path / "exits.txt").write_text("192.0.2.0/28\n")
    loaded = luzeiro("places", "load", tmp_path / "exits.txt", "--flag", "tor-exit")
    assert loaded.status == 0, loaded.err
    assert "tor exit" in luzeiro("places", "lookup", "192.0.2.1").out
    assert luzeiro("places", "load", tmp_path / "exits.txt").status == 2


def test_a_damaged_file_is_refused_and_nothing_is_loaded(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    path = put(tmp_path / "c.mmdb", CITY)
    path.write_bytes(path.read_bytes()[:-200])
    refused = luzeiro("places", "load", path)
    assert refused.status == 2
    assert "c.mmdb cannot be used" in refused.err
    assert "Traceback" not in refused.err
    assert luzeiro("places", "list", "--output", "json").out == ""


def test_what_is_no_address_is_said(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    refused = luzeiro("places", "lookup", "192.0.2")
    assert (refused.status, refused.out) == (2, "")
    assert "'192.0.2' is not an IPv4 or IPv6 address" in refused.err
