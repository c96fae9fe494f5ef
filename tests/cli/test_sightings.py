import csv
import io
import json
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from luzeiro.cli import sightings
from luzeiro.cli.collector import sealing_spool
from luzeiro.cli.home import Home, NoHomeError
from luzeiro.cli.rows import COLUMNS
from luzeiro.cli.store import open_store
from luzeiro.observations.grade import Grade
from luzeiro.sightings.lock import store_lock
from luzeiro.sightings.store import StoreBusyError, StoreError
from tests.cli.conftest import Luzeiro
from tests.observations.examples import AT, BTIH, RAW, sighting
from tests.places.mmdb_writer import Value, write_mmdb
from tests.sightings.examples import put_segment

SHOWN_ID = str(sighting(1).sighting_id)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with five sightings waiting in its spool."""
    made = Home(tmp_path)
    made.marker.touch()
    monkeypatch.setenv("LUZEIRO_HOME", str(tmp_path))
    put_segment(
        made.spool,
        [
            sighting(1),
            sighting(2, seen_at=AT + timedelta(days=1)),
            sighting(3, grade=Grade.HEARD, own=None, client=None),
            sighting(4, grade=Grade.REACHED, client="=1+1\x1b[2J"),
            sighting(5, file_index=7),
        ],
    )
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(sightings.app, arguments)


def objects(*arguments: str) -> list[dict[str, Any]]:  # Any: of each column's type
    result = run(*arguments, "--output", "json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def numbers(*arguments: str) -> list[int]:
    return [int(row["sighting_id"][-2:], 16) for row in objects("list", *arguments)]


@pytest.mark.usefixtures("home")
def test_json_has_every_column_of_every_sighting_newest_first() -> None:
    rows = objects("list")
    assert [int(row["sighting_id"][-2:], 16) for row in rows] == [2, 5, 4, 3, 1]
    assert all(tuple(row) == COLUMNS for row in rows)
    last = rows[-1]
    assert last["remote_address"] == "198.51.100.7"
    assert last["seen_at"] == "2026-03-04T05:06:07.890123Z"
    assert last["identifier"] == BTIH.digest.hex()
    assert last["grade"] == "corroborated"
    assert last["user_ids"] == [
        {"kind": "peer_id", "value": b"-XX0000-abcdefghijkl".hex(), "durable": False}
    ]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--grade", "stated"], [2, 5, 1]),
        (["--grade", "corroborated"], [2, 1]),
        (["--grade", "heard"], [2, 5, 4, 3, 1]),
        (["--since", "2026-03-05"], [2]),
        (["--until", "2026-03-05T00:00:00Z"], [5, 4, 3, 1]),
        (["--limit", "1"], [2]),
        (["--address", "198.51.100.7", "--limit", "2"], [2, 5]),
        (["--address", "2001:db8::1"], []),
        (["--identifier", str(BTIH), "--limit", "1"], [2]),
        (["--identifier", "btih:" + "ff" * 20], []),
        (["--entry", "9"], []),
    ],
)
def test_each_option_narrows_the_list(options: list[str], expected: list[int]) -> None:
    assert numbers(*options) == expected


@pytest.mark.usefixtures("home")
def test_text_shortens_locators_and_obeys_no_remote_text() -> None:
    shown = run("list").stdout
    assert "btih:00010203… file 0" in shown
    assert BTIH.digest.hex() not in shown
    assert "\x1b" not in shown
    assert BTIH.digest.hex() in run("list", "--full").stdout


@pytest.mark.usefixtures("home")
def test_csv_disarms_a_client_that_would_be_a_formula() -> None:
    rows = csv.DictReader(io.StringIO(run("list", "--output", "csv").stdout, newline=""))
    assert sorted(row["client"] for row in rows)[:2] == ["", "'=1+1\\x1b[2J"]


@pytest.mark.usefixtures("home")
def test_text_says_when_it_does_not_show_all() -> None:
    result = run("list", "--limit", "2")
    assert len(result.stdout.splitlines()) == 3
    assert "The newest 2 are shown" in result.stderr
    assert run("list", "--limit", "5").stderr == ""


@pytest.mark.usefixtures("home")
def test_sightings_are_counted() -> None:
    assert objects("count") == [{"sightings": 5, "addresses": 1}]
    assert objects("count", "--grade", "stated") == [{"sightings": 3, "addresses": 1}]
    assert objects("count", "--by", "grade") == [
        {"grade": "corroborated", "sightings": 2, "addresses": 1},
        {"grade": "heard", "sightings": 1, "addresses": 1},
        {"grade": "reached", "sightings": 1, "addresses": 1},
        {"grade": "stated", "sightings": 1, "addresses": 1},
    ]
    assert [row["day"] for row in objects("count", "--by", "day")] == ["2026-03-04", "2026-03-05"]
    assert {row["client"] for row in objects("count", "--by", "client")} == {
        "",
        "Example 1.0",
        "=1+1\x1b[2J",
    }


def test_it_works_while_a_collector_seals(home: Home) -> None:
    with closing(sealing_spool(home)) as spool:
        spool.seal([sighting(6)])
        assert objects("count") == [{"sightings": 6, "addresses": 1}]
        spool.seal([sighting(7)])
        assert objects("count") == [{"sightings": 7, "addresses": 1}]


@pytest.mark.usefixtures("home")
def test_one_sighting_is_shown_with_every_byte() -> None:
    shown = run("show", SHOWN_ID)
    assert shown.exit_code == 0
    assert "68 65 6c 6c 6f" in shown.stdout
    assert "we sent 5 bytes" in shown.stdout
    (row,) = objects("show", SHOWN_ID)
    assert row["exchange"][0]["frames"][0]["data"] == b"hello".hex()
    assert b"hello" in RAW


@pytest.mark.usefixtures("home")
def test_a_sighting_that_is_not_there_is_status_1() -> None:
    result = run("show", str(sighting(99).sighting_id))
    assert result.exit_code == 1
    assert "there is no sighting" in result.stderr


def test_a_missing_segment_is_named(home: Home) -> None:
    run("count")
    (kept,) = home.segments.rglob("*.parquet")
    kept.unlink()
    result = run("show", SHOWN_ID)
    assert isinstance(result.exception, StoreError)
    assert kept.name in str(result.exception)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--since", "tomorrow"], "--since: 'tomorrow' is not an ISO date"),
        (["--until", "2h2"], "--until: '2h2' is not"),
        (["--address", "example.org"], "not an IPv4 or IPv6 address"),
        (["--identifier", "btih:00"], "not KIND:HEX"),
        (["--identifier", "other:00"], "not KIND:HEX"),
    ],
)
@pytest.mark.parametrize("command", ["list", "count"])
def test_a_bad_option_is_one_clear_line_and_status_2(
    command: str, options: list[str], told: str
) -> None:
    result = run(command, *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_without_a_home_it_is_said_where_one_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUZEIRO_HOME", str(tmp_path))
    assert isinstance(run("list").exception, NoHomeError)


def test_a_store_in_use_is_said_with_the_process_that_has_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sightings, "open_store", partial(open_store, wait_s=0))
    with store_lock(home.path / "store.lock", wait_s=0):
        result = run("count")
    assert isinstance(result.exception, StoreBusyError)
    assert "in use by process" in str(result.exception)


def test_sightings_are_narrowed_by_where_their_address_is(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    networks: dict[str, Value] = {"198.51.100.0/24": {"country_code": "PY", "region_code": "11"}}
    (tmp_path / "t.mmdb").write_bytes(write_mmdb(networks))
    assert luzeiro("places", "load", tmp_path / "t.mmdb").status == 0
    put_segment(tmp_path / "home" / "spool", [sighting(1)])
    for option, value, count in (
        ("--country", "py", 1), ("--country", "AR", 0), ("--region", "PY-11", 1),
    ):  # fmt: skip
        told = luzeiro("sightings", "count", option, value, "--output", "json")
        assert json.loads(told.out)["sightings"] == count
    shown = luzeiro("sightings", "show", str(sighting(1).sighting_id))
    assert "PY-11" in shown.out
    refused = luzeiro("sightings", "list", "--country", "Paraguay")
    assert (refused.status, "no ISO 3166 code" in refused.err) == (2, True)
