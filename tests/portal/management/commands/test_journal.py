import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from luzeiro.casework.journal.carrying import JournalBusyError
from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW


def told(capsys: pytest.CaptureFixture[str], what: str) -> dict[str, object]:
    call_command("journal", what)
    return dict(json.loads(capsys.readouterr().out))


@pytest.mark.django_db
def test_a_home_where_nothing_was_done_gets_no_hub(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.HOME = tmp_path
    for what in ("carry", "check"):
        assert told(capsys, what)["carried"] == 0
    assert list(tmp_path.iterdir()) == []


def test_all_that_waits_is_carried_in_one_turn(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str], ana: Officer
) -> None:
    settings.HOME = tmp_path
    for number in range(1001):
        record(f"deed.{number}", actor=ana, at=NOW)
    assert told(capsys, "carry") == {"carried": 1001}
    assert told(capsys, "check") == {"carried": 1001, "waiting": 0, "findings": []}


def test_a_journal_that_is_held_is_one_line(
    tmp_path: Path, settings: Settings, ana: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> int:
        raise JournalBusyError("deeds under way hold the journal; try again")

    settings.HOME = tmp_path
    record("lead.opened", actor=ana, at=NOW)
    monkeypatch.setattr("luzeiro.portal.management.commands.journal.carry", busy)
    with pytest.raises(CommandError, match="try again"):
        call_command("journal", "carry")
