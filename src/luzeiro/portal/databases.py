"""Where the portal's tables lie: casework in a database of its own, the catalogue beside it.

An import into the catalogue holds its database for minutes; casework must go on meanwhile.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.db.models import Model

_SQLITE: dict[str, Any] = {
    # A crash or a power cut leaves the tables as they were or as they shall be.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
}
CATALOGUE = "catalogue"


def database_from(url: str | None, path: Path) -> dict[str, Any]:
    """Django's settings for one database: PostgreSQL at a URL, else SQLite in a file.

    Raises:
        ValueError: not a URL of PostgreSQL.
    """
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": _SQLITE}
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(
            f"a casework database is postgresql://USER@HOST/NAME, got {parts.scheme}://"
        )
    asked = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": asked.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or asked.pop("port", "")),
        "OPTIONS": asked,
        "CONN_MAX_AGE": 60,
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
