"""Opening the catalogue of a home: SQLite in it, or a PostgreSQL database that a URL names."""

import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.core.management import call_command
from django.db import DatabaseError, connections

from luzeiro.catalogue import full_disk
from luzeiro.catalogue import setup as _setup  # noqa: F401 - before anything asks for a model
from luzeiro.catalogue.database_url import URL_VARIABLE, settings_of
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.schemes.tables import use_own

DATABASE = "catalogue.sqlite3"
SCHEMES = "schemes"  # the folder of tables that a unit brought
_SQLITE_OPTIONS = {
    # A crash or a power cut leaves the catalogue as it was or as it shall be.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
}


class Catalogue:
    """An open catalogue; a context manager that closes it."""

    def __init__(self, path: Path) -> None:
        self.path = path  # of the SQLite file, where it is one

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connections.close_all()


def open_catalogue(home: Path, *, url: str | None = None) -> Catalogue:
    """Open the catalogue of a home, and lay or update its tables.

    Args:
        home: its folder.
        url: of a PostgreSQL database (`settings_of`); None: what the environment variable
            `LUZEIRO_CATALOGUE_URL` says, else the SQLite file in the home.

    Raises:
        CatalogueError: it is damaged, is something else than a catalogue, or cannot be reached.
    """
    path = home / DATABASE
    url = url or os.environ.get(URL_VARIABLE) or None
    wanted = settings_of(url) if url else _sqlite(path)
    connections.close_all()
    connections.settings["default"].update(wanted)
    if "default" in {connection.alias for connection in connections.all(initialized_only=True)}:
        del connections["default"]  # another home was open in this thread
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        if url:
            told = str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
            raise CatalogueError(
                f"the catalogue's database cannot be used ({told}). "
                f"Check the server and {URL_VARIABLE}."
            ) from error
        if full_disk.is_full_disk(error, path):
            raise CatalogueError(full_disk.told(path)) from error
        raise CatalogueError(
            f"{path} cannot be opened ({error}). Restore it from a backup, "
            "or name another home with --home."
        ) from error
    try:
        use_own(home / SCHEMES)
    except ValueError as error:
        raise CatalogueError(f"{error}. See docs/reference/lists/schemes.md.") from None
    return Catalogue(path)


def _sqlite(path: Path) -> dict[str, Any]:  # Any: as Django's settings are
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "USER": "",
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        "OPTIONS": _SQLITE_OPTIONS,
    }
