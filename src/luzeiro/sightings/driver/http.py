"""One request to a ClickHouse server over HTTP or HTTPS, to a server of the hub's own."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlencode, urlsplit

_PIECE = 1 << 20


class UnreachableError(Exception):
    """The server could not be reached, or went away before it had answered."""


class RefusedError(Exception):
    """The server said no: `code` is ClickHouse's, 0 where it gave none."""

    def __init__(self, code: int, told: str) -> None:
        super().__init__(told)
        self.code = code


@contextmanager
def post(
    url: str,
    settings: Mapping[str, str],
    body: bytes,
    *,
    user: str,
    password: str,
    ca_file: Path | None,
    patience_s: float,
) -> Iterator[BinaryIO]:
    """Send a statement and its data; the context gives the answer's body.

    Raises:
        UnreachableError: no connection, or it broke.
        RefusedError: an error of the server's.
    """
    parts = urlsplit(url)
    assert parts.hostname is not None
    if parts.scheme == "https":
        trust = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        link: HTTPConnection = HTTPSConnection(
            parts.hostname, parts.port or 8443, timeout=patience_s, context=trust
        )
    else:
        link = HTTPConnection(parts.hostname, parts.port or 8123, timeout=patience_s)
    # Headers, not the query: what stands in a URL stands in logs.
    headers = {"X-ClickHouse-User": user}
    headers |= {"X-ClickHouse-Key": password} if password else {}
    try:
        try:
            link.request("POST", f"/?{urlencode(settings)}", body=body, headers=headers)
            answer = link.getresponse()
            if answer.status != 200:
                raise _refused(answer.read(_PIECE).decode("utf-8", "replace"))
        except (OSError, HTTPException) as error:
            raise UnreachableError(f"{url}: {error or type(error).__name__}") from error
        yield cast("BinaryIO", BufferedReader(answer, _PIECE))
    finally:
        link.close()


def _refused(told: str) -> RefusedError:
    line = told.strip().splitlines()[0] if told.strip() else "no reason given"
    code = line.partition("Code: ")[2].partition(",")[0].partition(".")[0]
    return RefusedError(int(code) if code.isdigit() else 0, line[:500])
