"""A PostgreSQL database that a URL names, as Django's settings: read before Django is set up."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from luzeiro.catalogue.errors import CatalogueError

URL_VARIABLE = "LUZEIRO_CATALOGUE_URL"


def settings_of(url: str, *, variable: str = URL_VARIABLE) -> dict[str, Any]:
    """Read postgresql://USER:PASSWORD@HOST:PORT/NAME?OPTION=VALUE (libpq's connection URIs).

    A socket's folder is given as ?host=FOLDER; other options (sslmode, sslrootcert) go to libpq.
    Over a network the server must show a certificate (verify-full) unless `sslmode` says otherwise.

    Args:
        url: what the variable says.
        variable: its name, for whoever must mend it.

    Raises:
        CatalogueError: another scheme, no database's name, or a port that is no number.
    """
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        asked = options.pop("port", "")
        port = parts.port or (int(asked) if asked else "")
    except ValueError as error:
        raise CatalogueError(f"{variable} cannot be read: {error}.") from None
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        raise CatalogueError(
            f"{variable} names no PostgreSQL database: postgresql://USER@HOST:PORT/NAME."
        )
    host = options.pop("host", None) or unquote(parts.hostname or "")
    if not _is_of_this_machine(host):
        options.setdefault("sslmode", "verify-full")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "OPTIONS": options,
    }


def _is_of_this_machine(host: str) -> bool:
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
