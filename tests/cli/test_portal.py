from pathlib import Path

import pytest

from luzeiro.cli.home import HOME_VARIABLE, Home
from luzeiro.cli.portal import PortalError, lay_casework, portal_environment


def test_casework_is_laid_beside_the_catalogue_with_a_secret(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert lay_casework(home, "first_link").startswith("/welcome/")
    assert (tmp_path / "casework.sqlite3").is_file()
    assert (tmp_path / "portal.secret").is_file()
    assert portal_environment(home)[HOME_VARIABLE] == str(tmp_path)


def test_what_the_portal_refuses_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "casework.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(PortalError, match="not a database"):
        lay_casework(Home(tmp_path))


def test_a_url_that_names_no_database_is_told_by_its_variable_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUZEIRO_CATALOGUE_URL", "mysql://x/y")
    with pytest.raises(PortalError, match=r": LUZEIRO_CATALOGUE_URL names no PostgreSQL database"):
        lay_casework(Home(tmp_path))
