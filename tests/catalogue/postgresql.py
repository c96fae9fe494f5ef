"""A PostgreSQL server of the tests' own: private, on a socket in a temporary folder, no port."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from luzeiro.catalogue.database_url import URL_VARIABLE
from luzeiro.catalogue.store import open_catalogue

_DEBIAN = "/usr/lib/postgresql"
_LAID = "laid"  # a database with the tables, of which each test gets a copy
_OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def url(self, name: str) -> str:
        return f"postgresql://luzeiro@/{name}?host={self._folder}"

    def database(self) -> str:
        """Make a database with empty tables, and give its URL."""
        self._made += 1
        name = f"test_{self._made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {_LAID}")
        return self.url(name)

    def lay(self) -> None:
        """Make the database that is copied."""
        self._run(f"CREATE DATABASE {_LAID}")
        before = os.environ.get(URL_VARIABLE)
        with open_catalogue(self._folder, url=self.url(_LAID)):
            pass
        assert os.environ.get(URL_VARIABLE) == before

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def programs() -> Path | None:
    """The folder of the server's programs; None where it is not installed."""
    found = [path.parent for path in Path(_DEBIAN).glob("*/bin/initdb")]
    named = shutil.which("initdb")
    return max(found, default=Path(named).parent if named else None)


@contextmanager
def running(folder_of_programs: Path) -> Iterator[Server]:
    """Run a server until the end. It refuses to run as root, so root runs it as nobody."""
    folder = Path(tempfile.mkdtemp(prefix="luzeiro-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(folder_of_programs / program), *arguments],
            check=True,
            user=user,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdout=subprocess.DEVNULL,
        )

    data = str(folder / "data")
    try:
        run("initdb", "-D", data, "-U", "luzeiro", "-A", "trust", "-E", "UTF8", "--no-sync")
        log = ("-l", str(folder / "log"))
        run("pg_ctl", "start", "-w", "-D", data, *log, "-o", f"{_OPTIONS} -k {folder}")
        try:
            server = Server(folder)
            server.lay()
            yield server
        finally:
            run("pg_ctl", "stop", "-D", data, "-m", "immediate")
    finally:
        shutil.rmtree(folder)
