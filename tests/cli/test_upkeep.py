import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from luzeiro.cli.home import HOME_VARIABLE, Home
from luzeiro.sightings import retention
from tests.cli.conftest import Luzeiro
from tests.observations.examples import sighting
from tests.sightings.examples import put_segment


def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def counted(luzeiro: Luzeiro) -> int:
    told = luzeiro("sightings", "count", "--output", "json")
    return int(json.loads(told.out)["sightings"])


def test_a_store_is_rebuilt_from_its_segments(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    put_segment(home(tmp_path).spool, [sighting(1), sighting(2)])
    assert counted(luzeiro) == 2
    told = luzeiro("sightings", "rebuild", "--output", "json")
    assert told.status == 0
    assert json.loads(told.out) == {
        "segments": 1, "sightings": 2, "without_entry": 2, "damaged": 0,
    }  # fmt: skip
    assert counted(luzeiro) == 2


def test_a_backup_is_restored_into_another_home(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    put_segment(home(tmp_path).spool, [sighting(1)])
    assert counted(luzeiro) == 1
    assert luzeiro("sightings", "backup", tmp_path / "backup").status == 0
    luzeiro("--home", tmp_path / "other", "init")
    there = ("--home", tmp_path / "other", "sightings")
    assert luzeiro(*there, "restore", tmp_path / "backup").status == 0
    assert json.loads(luzeiro(*there, "count", "--output", "json").out)["sightings"] == 1
    again = luzeiro(*there, "restore", tmp_path / "backup")
    assert again.status == 2
    assert "into an empty store" in again.err


def test_what_is_forgotten_stays_forgotten(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    put_segment(home(tmp_path).spool, [sighting(1)])
    assert counted(luzeiro) == 1
    asked = ("sightings", "forget", "--before", "2026-05-01", "--purpose", "retention")
    assert "1" in luzeiro(*asked, "--dry-run").out
    assert counted(luzeiro) == 1
    assert luzeiro(*asked).status == 0
    assert counted(luzeiro) == 0
    assert (home(tmp_path).segments / "removals.jsonl").exists()


def test_nothing_is_taken_in_while_something_is_forgotten(
    luzeiro: Luzeiro, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    luzeiro("init")
    put_segment(home(tmp_path).spool, [sighting(1)])
    assert counted(luzeiro) == 1
    remove, refused = retention.remove, []

    def watched(*arguments: Any, **named: Any) -> retention.Removed:  # Any: as they come
        with (home(tmp_path).admitted / "taking" / "lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                refused.append("the intake's lock")
        return remove(*arguments, **named)

    monkeypatch.setattr(retention, "remove", watched)
    luzeiro("sightings", "forget", "--before", "2026-05-01", "--purpose", "retention")
    assert refused == ["the intake's lock"]
    assert counted(luzeiro) == 0


def test_forgetting_wants_one_reason(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    for asked in ((), ("--before", "3d", "--entry", "1"), ("--before", "soon")):
        refused = luzeiro("sightings", "forget", "--purpose", "x", *asked)
        assert refused.status == 2
        assert "--before" in refused.err


def test_metrics_are_printed(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    told = luzeiro("sightings", "metrics")
    assert "luzeiro_sightings 0\n" in told.out


def test_a_move_to_nowhere_is_a_clear_error(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    (tmp_path / "c.toml").write_text("[cluster]\n")
    refused = luzeiro("sightings", "move", tmp_path / "c.toml")
    assert refused.status == 2
    assert "does not describe a cluster" in refused.err


def test_commands_ask_the_owner_while_it_serves_and_open_the_store_when_it_does_not(
    luzeiro: Luzeiro, tmp_path: Path
) -> None:
    luzeiro("init")
    environment = {**os.environ, HOME_VARIABLE: str(home(tmp_path).path)}
    command = [sys.executable, "-m", "luzeiro.cli.app", "sightings", "serve", "--every", "0.2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, text=True) as owner:
        assert owner.stderr is not None
        assert "Serving the store" in owner.stderr.readline()
        put_segment(home(tmp_path).spool, [sighting(1)])
        assert counted(luzeiro) == 1
        second = luzeiro("sightings", "serve")
        assert second.status == 2
        assert f"in use by process {owner.pid}" in second.err
        owner.send_signal(signal.SIGTERM)
        assert owner.wait(30) == 0
    assert "luzeiro_sightings" in (home(tmp_path).path / "metrics.prom").read_text()
    assert counted(luzeiro) == 1
