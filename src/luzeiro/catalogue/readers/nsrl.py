"""The NSRL's Reference Data Set, version 3, SQLite: benign files, which may never be watched.

Structure and sources: docs/reference/lists/nsrl.md. The database is opened read-only and
immutable; a statement may read what we name and nothing else, and is stopped when it works long
without a row, since a view in a file is somebody else's program.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import BinaryIO
from urllib.request import pathname2url

from luzeiro.catalogue.readers import fields
from luzeiro.catalogue.readers.errors import FieldError, ListError
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.catalogue.rule import BENIGN_LABEL, BENIGN_SCHEME
from luzeiro.observations.identifiers import IdentifierKind

BENIGN = True
MAGIC = b"SQLite format 3\0"
MAX_CELL_BYTES = 1 << 20
MAX_STEPS_PER_ROW = 2_000_000  # of SQLite's machine; a row of a plain view takes fewer than 100
_STEPS_BETWEEN_CHECKS = 100_000
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_FUNCTIONS = {"upper", "lower", "replace", "trim", "coalesce", "ifnull"}  # of the published views
_TABLES = ("METADATA", "FILE")  # the base table has each file once, the view once for each package
_SIZES = ("file_size", "bytes")
_KINDS = (
    ("sha256", IdentifierKind.SHA256),
    ("sha1", IdentifierKind.SHA1),
    ("md5", IdentifierKind.MD5),
)


def read(stream: BinaryIO) -> Iterator[ListRow | RejectedRow]:
    """Give the rows of the set.

    Args:
        stream: a file on disk is read where it is; anything else is copied to one first.

    Raises:
        ListError: no SQLite database, a damaged one, one without the tables of the RDS, or one
            whose views do more than read them.
    """
    with _on_disk(stream) as path:
        try:
            with _opened(path) as connection:
                yield from _rows(connection)
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter: in SQLite's own message
            raise _refused(f"SQLite cannot read it ({str(error)[:120]!a})") from None


def _refused(what: str) -> ListError:
    return ListError(
        what,
        at="the database",
        remedy="Check its digest against the NSRL's, and unpack it again.",
    )


@contextmanager
def _on_disk(stream: BinaryIO) -> Iterator[str]:
    name = getattr(stream, "name", None)
    if isinstance(name, str) and _is_that_file(stream, name):
        yield name
        return
    with tempfile.NamedTemporaryFile(suffix=".sqlite3") as copy:
        shutil.copyfileobj(stream, copy)
        copy.flush()
        yield copy.name


def _is_that_file(stream: BinaryIO, name: str) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), os.stat(name))  # noqa: PTH116
    except OSError:
        return False


@contextmanager
def _opened(path: str) -> Iterator[sqlite3.Connection]:
    with open(path, "rb") as file:  # noqa: PTH123 - a name from the stream
        if file.read(len(MAGIC)) != MAGIC:
            raise _refused("no SQLite database")
    address = f"file:{pathname2url(os.path.abspath(path))}?mode=ro&immutable=1"  # noqa: PTH100
    with closing(sqlite3.connect(address, uri=True, check_same_thread=False)) as connection:
        connection.text_factory = bytes
        for statement in (
            *("PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON", "PRAGMA mmap_size=0"),
            *("PRAGMA query_only=ON", "PRAGMA temp_store=FILE", "PRAGMA cache_size=-8192"),
        ):
            connection.execute(statement)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        yield connection


def _rows(connection: sqlite3.Connection) -> Iterator[ListRow | RejectedRow]:
    table, columns = _table(connection)
    digests = [(name, kind) for name, kind in _KINDS if name in columns]
    size = next((name for name in _SIZES if name in columns), None)
    names = [name for name, _ in digests] + ([size] if size else [])
    watch = _Watch()
    connection.set_authorizer(_authorize)
    connection.set_progress_handler(watch, _STEPS_BETWEEN_CHECKS)
    selected = ", ".join(f'"{name}"' for name in names)
    for number, cells in enumerate(connection.execute(f'SELECT {selected} FROM "{table}"')):
        watch.steps = 0
        at = f"{table} row {number}"
        try:
            yield _row(cells, digests, at, sized=size is not None)
        except FieldError as error:
            yield RejectedRow(at, str(error))


class _Watch:
    """Counts the machine's steps since the last row; a true answer stops the statement."""

    def __init__(self) -> None:
        self.steps = 0

    def __call__(self) -> bool:
        self.steps += _STEPS_BETWEEN_CHECKS
        return self.steps > MAX_STEPS_PER_ROW


def _authorize(action: int, _: str | None, name: str | None, *__: str | None) -> int:
    plain = action == sqlite3.SQLITE_FUNCTION and name is not None and name.lower() in _FUNCTIONS
    return sqlite3.SQLITE_OK if plain or action in _ALLOWED else sqlite3.SQLITE_DENY


def _table(connection: sqlite3.Connection) -> tuple[str, set[str]]:
    for table in _TABLES:
        info = connection.execute(f"PRAGMA table_info({table})").fetchmany(fields.MAX_LABEL)
        columns = {bytes(row[1]).decode("ascii", "replace").lower() for row in info}
        if columns & {name for name, _ in _KINDS}:
            return table, columns
    raise _refused(f"no table or view {' or '.join(_TABLES)} with digests: not an NSRL RDSv3")


def _row(
    cells: tuple[object, ...], digests: list[tuple[str, IdentifierKind]], at: str, *, sized: bool
) -> ListRow:
    texts = [cell.decode("ascii", "replace") if type(cell) is bytes else cell for cell in cells]
    identifiers = [
        fields.digest(kind, text, name)
        for (name, kind), text in zip(digests, texts, strict=False)
        if text is not None and text != ""
    ]
    size = fields.size(texts[-1], "the size") if sized else None
    return ListRow(
        at=at,
        identifiers=fields.distinct(identifiers),
        size_bytes=size,
        scheme=BENIGN_SCHEME,
        label=BENIGN_LABEL,
    )
