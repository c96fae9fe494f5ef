import os
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError

from luzeiro.cli import intake
from luzeiro.cli.home import Home
from luzeiro.cli.intake import main, take_in_waiting
from luzeiro.observations.segment import waiting_in
from luzeiro.sightings.lock import store_lock
from tests.observations.examples import sighting
from tests.sightings.examples import put_segment


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(sys, "argv", ["intake", str(tmp_path)])
    home = Home(tmp_path)
    home.marker.touch()
    return home


def taken_in(home: Home) -> int:
    assert not waiting_in(home.spool)
    return len(list(home.segments.rglob("*.parquet")))


def test_what_waits_is_taken_in_by_a_process_of_its_own(home: Home) -> None:
    put_segment(home.spool, [sighting(1)])
    take_in_waiting(home)
    assert taken_in(home) == 1


def test_with_nothing_waiting_no_process_is_started(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    take_in_waiting(home)
    assert not home.store.exists()


def test_what_has_not_waited_long_enough_goes_on_waiting(home: Home) -> None:
    waiting = put_segment(home.spool, [sighting(1)])
    take_in_waiting(home, after_s=3600)
    assert waiting.exists()
    os.utime(waiting, (0, 0))
    take_in_waiting(home, after_s=3600)
    assert taken_in(home) == 1


def test_what_an_earlier_intake_began_waits_no_longer(home: Home) -> None:
    put_segment(home.admitted / "taking", [sighting(1)])
    take_in_waiting(home, after_s=3600)
    assert taken_in(home) == 1


def test_a_process_that_cannot_be_started_or_fails_is_said(
    home: Home, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    put_segment(home.spool, [sighting(1)])
    for executable, told in (("/nowhere", "cannot be started"), ("/bin/false", "status 1")):
        monkeypatch.setattr(sys, "executable", executable)
        take_in_waiting(home)
        assert told in capfd.readouterr().err
    assert len(waiting_in(home.spool)) == 1


def test_a_damaged_segment_is_told(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    put_segment(home.spool, [sighting(1)]).write_bytes(b"")
    main()
    assert "was refused and set aside" in capsys.readouterr().err


def test_a_store_in_use_is_left_to_the_next_time(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_PATIENCE_S", 0)
    waiting = put_segment(home.spool, [sighting(1)])
    with store_lock(home.path / "store.lock", wait_s=0):
        main()
    assert "in use" in capsys.readouterr().err
    assert waiting.exists()
    main()
    assert taken_in(home) == 1


@pytest.mark.parametrize("failure", [DatabaseError("locked"), OSError("no space left")])
def test_whatever_else_fails_is_one_line_and_nothing_is_lost(
    home: Home,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
) -> None:
    def fail(_wanted: object) -> None:
        raise failure

    put_segment(home.spool, [sighting(1)])
    with monkeypatch.context() as patched:
        patched.setattr(intake, "judge_files", fail)
        main()
    (told,) = capsys.readouterr().err.splitlines()
    assert str(failure) in told
    main()
    assert taken_in(home) == 1
