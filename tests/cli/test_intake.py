from pathlib import Path

import pytest
from django.db import DatabaseError

from luzeiro.cli.home import Home
from luzeiro.cli.intake import take_in_waiting
from luzeiro.sightings.intake import IntakeReport
from luzeiro.sightings.lock import store_lock
from tests.observations.examples import sighting
from tests.sightings.examples import put_segment


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_with_nothing_waiting_the_store_is_not_even_opened(home: Home) -> None:
    assert take_in_waiting(home) == IntakeReport()
    assert not home.store.exists()


def test_what_waits_is_taken_in(home: Home) -> None:
    put_segment(home.spool, [sighting(1)])
    assert take_in_waiting(home) == IntakeReport(segments=1, sightings=1, without_entry=1)


def test_what_an_earlier_intake_began_is_taken_in_too(home: Home) -> None:
    put_segment(home.spool / "taking", [sighting(1)])
    assert take_in_waiting(home).segments == 1


def test_a_damaged_segment_is_told_on_stderr(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    put_segment(home.spool, [sighting(1)]).write_bytes(b"")
    assert len(take_in_waiting(home).damaged) == 1
    assert "is damaged and was set aside" in capsys.readouterr().err


def test_a_store_in_use_is_left_to_the_next_time(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("luzeiro.cli.intake._PATIENCE_S", 0)
    waiting = put_segment(home.spool, [sighting(1)])
    with store_lock(home.path / "store.lock", wait_s=0):
        assert take_in_waiting(home) == IntakeReport()
    assert "in use" in capsys.readouterr().err
    assert waiting.exists()
    assert take_in_waiting(home).segments == 1


@pytest.mark.parametrize("failure", [DatabaseError("locked"), OSError("no space left")])
def test_a_collector_goes_on_whatever_fails_in_the_hub(
    home: Home,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    failure: Exception,
) -> None:
    def fail(_wanted: object) -> None:
        raise failure

    put_segment(home.spool, [sighting(1)])
    with monkeypatch.context() as patched:
        patched.setattr("luzeiro.cli.intake.verdicts", fail)
        assert take_in_waiting(home) == IntakeReport()
    assert str(failure) in capsys.readouterr().err
    assert take_in_waiting(home).segments == 1
