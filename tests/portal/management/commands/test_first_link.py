import pytest
from django.core.management import call_command
from django.test import Client


@pytest.mark.django_db
def test_the_command_prints_a_path_that_works(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("first_link")
    path = capsys.readouterr().out.strip()
    assert Client().get(path).status_code == 200
