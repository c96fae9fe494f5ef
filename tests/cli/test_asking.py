import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from luzeiro.cli import asking, sightings
from luzeiro.cli.home import Home
from luzeiro.cli.store import open_store
from luzeiro.observations.grade import Grade
from luzeiro.observations.record import UserId
from luzeiro.sightings.opening import open_store_in
from luzeiro.sightings.questions import NAMED
from luzeiro.sightings.sql_store import SqlStore
from tests.observations.examples import AT, BTIH, PEER, sighting
from tests.sightings.examples import put_segment

USER = UserId("user_hash", b"u" * 16, durable=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with four sightings taken in, in two segments, unplaced."""
    made = Home(tmp_path_factory.mktemp("home"))
    made.marker.touch()
    day = timedelta(days=1)
    put_segment(made.spool, [sighting(1, user_ids=(USER,)), sighting(2, seen_at=AT + day)])
    put_segment(made.spool, [sighting(3, seen_at=AT + 9 * day), sighting(4, grade=Grade.HEARD)])
    return made


@pytest.fixture(autouse=True)
def at_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUZEIRO_HOME", str(home.path))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(asking.app, [str(one) for one in arguments])


def objects(*arguments: object) -> list[dict[str, Any]]:  # Any: of each column's type
    result = run(*arguments, "--output", "json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_named_question_has_its_command_and_nothing_else_has_one() -> None:
    assert [command.name for command in asking.app.registered_commands] == list(NAMED)


def test_addresses_ids_instants_hours_and_days_are_written_as_everybody_does() -> None:
    told = objects("address", PEER.host)
    assert [one["sighting_id"][-1] for one in told] == ["1", "4", "2", "3"]
    assert told[0]["seen_at"] == "2026-03-04T05:06:07.890123Z"
    assert objects("hours")[0] == {
        "hour": "2026-03-04T05:00:00.000000Z",
        "sightings": 2,
        "stated": 1,
    }
    (first, *_) = objects("coverage")
    assert (first["collector"], first["day"]) == (str(sighting().collector), "2026-03-04")
    assert objects("country-days", "--until", "2026-03-05") == [
        {"country": "", "day": "2026-03-04", "sightings": 2, "stated": 1, "addresses": 1}
    ]


def test_a_user_id_leads_to_addresses_and_back() -> None:
    (there,) = objects("user-id", "user_hash", USER.value.hex())
    assert (there["remote_address"], there["sightings"]) == (PEER.host, 1)
    appeared = objects("appearances", "user_hash", USER.value.hex())
    assert [one["remote_address"] for one in appeared] == [PEER.host]
    assert objects("appearances", "guid", USER.value.hex()) == []
    ids = objects("user-ids-of", PEER.host)
    assert [(one["kind"], one["durable"]) for one in ids] == [
        ("peer_id", False),
        ("user_hash", True),
    ]


def test_an_identifier_leads_to_its_addresses() -> None:
    (there,) = objects("identifier", BTIH)
    assert (there["remote_address"], there["sightings"], there["stated"]) == (PEER.host, 4, 3)
    assert objects("identifier", BTIH, "--file", 5) == []
    (late,) = objects("identifier", BTIH, "--since", "2026-03-06")
    assert late["sightings"] == 1


def test_spells_end_where_the_silence_is_long_enough() -> None:
    assert [one["sightings"] for one in objects("spells", PEER.host)] == [2, 1, 1]
    assert [one["sightings"] for one in objects("spells", PEER.host, "--silence", 25)] == [3, 1]
    assert [one["sightings"] for one in objects("spells", PEER.host, "--silence", 240)] == [4]


def test_what_is_new_is_asked_by_segment_or_after_one(home: Home) -> None:
    with open_store(home) as store:
        first, second = (line.sha256.hex() for line in store.taken_after(None))
    news = [one["sightings"] for one in objects("new", first)]
    assert news == [2]
    assert [one["sightings"] for one in objects("new", first, second)] == [4]
    assert [one["sightings"] for one in objects("new", "--after", first)] == [2]
    assert objects("new", "--after", second) == []


def test_more_new_segments_than_one_question_holds_are_told(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(home) as store:
        first, _ = store.taken_after(None)
    monkeypatch.setattr(asking, "MOST_AT_ONCE", 1)
    put_segment(home.spool, [sighting(5)])
    result = run("new", "--after", first.sha256.hex())
    assert "There are more; go on with --after" in result.stderr


def test_ranking_recall_and_sharers_answer_also_where_there_is_nothing() -> None:
    assert objects("region-ranking", "AR") == []
    assert objects("region-ranking", "ar", "--region", "ar-b", "--limit", 3) == []
    assert objects("recall", 7, 8, "--from-revision", 2, "--before-revision", 9) == []
    assert objects("sharers", 7) == []


def test_text_and_csv_have_the_same_columns() -> None:
    assert run("hours").stdout.splitlines()[0].split() == ["hour", "sightings", "stated"]
    csv = run("hours", "--output", "csv").stdout
    assert csv.splitlines()[0] == "hour,sightings,stated"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("address", "nowhere"), "ADDRESS: 'nowhere' is not an IPv4 or IPv6 address."),
        (("region-ranking", "Argentina"), "XX: 'Argentina' is no ISO 3166 code"),
        (("region-ranking", "AR", "--region", "B"), "--region: 'B' is no ISO 3166 code"),
        (("user-id", "guid", "xyz"), "HEX: 'xyz' is not hexadecimal"),
        (("identifier", "btih"), "KIND:HEX: 'btih' is not KIND:HEX"),
        (("new",), "name segments by their SHA-256, or one with --after"),
        (("new", "ab"), "a SHA-256 has 64 hexadecimal digits, this has 2"),
        (("hours", "--since", "soon"), "--since"),
        (("sharers", *range(1001)), "1001 are too many for one question: at most 1000."),
    ],
)
def test_a_bad_argument_is_told_by_its_name(asked: tuple[object, ...], told: str) -> None:
    result = run(*asked)
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize("command", [("ask", "hours"), ("count",), ("list",)])
def test_an_answer_without_a_shard_says_so_and_takes_nothing_in(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    @contextmanager
    def lacking(home: Path, *, wait_s: float, partly: bool) -> Iterator[SqlStore]:
        assert partly
        with open_store_in(home, wait_s=wait_s) as store:
            store.engine.lacks = "shard 2 (http://b), which is down"  # type: ignore[misc]
            yield store

    monkeypatch.setattr("luzeiro.cli.store.open_store_in", lacking)
    monkeypatch.setattr(sightings, "take_in", lambda *_: pytest.fail("it took in"))
    app = asking.app if command[0] == "ask" else sightings.app
    result = CliRunner().invoke(app, command[1:] if command[0] == "ask" else command)
    assert result.exit_code == 0, result.output
    assert "THIS ANSWER IS PARTIAL. It lacks all sightings of shard 2" in result.stderr
