import pytest
from django.core.management import CommandError, call_command

from luzeiro.portal.sample import is_loaded
from tests.casework.world import unit


@pytest.mark.django_db
def test_load_links_remove(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="demo load"):
        call_command("sample", "links")
    call_command("sample", "load")
    call_command("sample", "links")
    told = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [role for role, _ in told] == ["investigator", "supervisor", "coordinator", "auditor"]
    call_command("sample", "remove")
    assert not is_loaded()


@pytest.mark.django_db
def test_a_refusal_is_one_line() -> None:
    unit("Real", "BR")
    with pytest.raises(CommandError, match="BR is already the jurisdiction"):
        call_command("sample", "load")
