import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from luzeiro.catalogue.database_url import URL_VARIABLE
from luzeiro.catalogue.store import DATABASE, Catalogue, open_catalogue
from tests.catalogue import postgresql


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A server of the tests' own."""
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here (initdb, pg_ctl)")
    with postgresql.running(programs) as server:
        yield server


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite catalogue with its tables, to copy: laying them takes longer than most tests."""
    folder = tmp_path_factory.mktemp("laid")
    with open_catalogue(folder):
        pass
    return folder / DATABASE


@pytest.fixture(params=["sqlite", "postgresql"])
def catalogue(
    request: pytest.FixtureRequest, tmp_path: Path, laid: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Catalogue]:
    """An empty catalogue in a folder of its own; each test runs on both engines."""
    if request.param == "postgresql":
        server: postgresql.Server = request.getfixturevalue("postgresql_server")
        monkeypatch.setenv(URL_VARIABLE, server.database())
    else:
        shutil.copy(laid, tmp_path / DATABASE)
    with open_catalogue(tmp_path) as opened:
        yield opened
    connections.close_all()
