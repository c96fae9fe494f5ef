from io import StringIO

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.django_db
def test_another_command_runs_once_the_tables_are_there() -> None:
    told = StringIO()
    call_command("laid", "first_link", stdout=told)
    assert told.getvalue().startswith("/welcome/")


@pytest.mark.django_db
def test_alone_it_only_lays_the_tables() -> None:
    told = StringIO()
    call_command("laid", stdout=told)
    assert told.getvalue() == ""


@pytest.mark.django_db
def test_a_command_that_is_none_is_named() -> None:
    with pytest.raises(CommandError, match="lorem"):
        call_command("laid", "lorem")
