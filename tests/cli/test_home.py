from pathlib import Path

import pytest

from luzeiro.cli.home import HOME_VARIABLE, NoHomeError, choose_home, current_home, home_path


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luzeiro.cli.home._chosen", None)


def test_home_is_what_the_option_says_else_the_variable_else_a_folder_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(HOME_VARIABLE, raising=False)
    assert home_path() == Path("~/.luzeiro").expanduser()
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "a"))
    assert home_path() == tmp_path / "a"
    choose_home(tmp_path / "b")
    assert home_path() == tmp_path / "b"


def test_a_folder_that_was_not_set_up_is_no_home(tmp_path: Path) -> None:
    choose_home(tmp_path)
    with pytest.raises(NoHomeError, match="Run 'luzeiro init'"):
        current_home()
