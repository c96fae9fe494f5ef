from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from luzeiro.sightings.store import StoreError


@pytest.mark.django_db(databases=["default", "catalogue"])
def test_an_empty_home_gives_no_leads(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.HOME = tmp_path
    call_command("leads", "--rebuild")
    assert capsys.readouterr().out.startswith("0 segments, 0 addresses")


@pytest.mark.django_db(databases=["default", "catalogue"])
def test_a_store_that_fails_is_one_line(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise StoreError("the store is damaged")

    settings.HOME = tmp_path
    monkeypatch.setattr("luzeiro.portal.management.commands.leads.follow", fails)
    with pytest.raises(CommandError, match="the store is damaged"):
        call_command("leads")
