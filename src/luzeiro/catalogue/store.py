"""Opening the catalogue of a home."""

from pathlib import Path
from types import TracebackType
from typing import Self

from django.core.management import call_command
from django.db import DatabaseError, connections

from luzeiro.catalogue import setup as _setup  # noqa: F401 - before anything asks for a model
from luzeiro.catalogue.errors import CatalogueError

DATABASE = "catalogue.sqlite3"


class Catalogue:
    """An open catalogue; a context manager that closes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connections.close_all()


def open_catalogue(home: Path) -> Catalogue:
    """Open the catalogue of a home, and lay or update its tables.

    Raises:
        CatalogueError: the file is damaged, or something else than a catalogue.
    """
    path = home / DATABASE
    connections.close_all()
    connections.settings["default"]["NAME"] = str(path)
    if "default" in {connection.alias for connection in connections.all(initialized_only=True)}:
        del connections["default"]  # another home was open in this thread
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise CatalogueError(
            f"{path} cannot be opened ({error}). Restore it from a backup, "
            "or name another home with --home."
        ) from error
    return Catalogue(path)
