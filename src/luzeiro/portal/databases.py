"""Where the portal's tables lie: casework in a database of its own, the catalogue beside it.

An import into the catalogue holds its database for minutes; casework must go on meanwhile.
"""

from pathlib import Path
from typing import Any

from django.db.models import Model

from luzeiro.catalogue.database_url import settings_of

_SQLITE: dict[str, Any] = {
    # A crash or a power cut leaves the tables as they were or as they shall be.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
}
CATALOGUE = "catalogue"
KEPT_S = 60  # a connection opened anew for each page costs as much as the questions of the page


def database_from(url: str | None, path: Path, *, variable: str) -> dict[str, Any]:
    """Django's settings for one database: PostgreSQL at a URL, else SQLite in a file.

    Args:
        url: what the environment says; None or empty: the file.
        path: of the SQLite file.
        variable: which part of the environment that is, for whoever must mend it.

    Raises:
        CatalogueError: not a URL of a PostgreSQL database.
    """
    if url:
        return {**settings_of(url, variable=variable), "CONN_MAX_AGE": KEPT_S}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": _SQLITE,
        "CONN_MAX_AGE": KEPT_S,
    }


class Router:
    """The catalogue's models lie in the catalogue's database, all others in casework's."""

    def db_for_read(self, model: type[Model], **_hints: object) -> str:
        return _of(model._meta.app_label)  # noqa: SLF001 - documented

    def db_for_write(self, model: type[Model], **_hints: object) -> str:
        return _of(model._meta.app_label)  # noqa: SLF001 - documented

    def allow_migrate(self, db: str, app_label: str, **_hints: object) -> bool:
        return db == _of(app_label)


def _of(app_label: str) -> str:
    return CATALOGUE if app_label == "catalogue" else "default"
