"""Many rows at once, in and out, on SQLite and on PostgreSQL: staged keys, joins, COPY.

The object mapper would ask and write row by row. Values go as parameters or as COPY's own columns,
never into the text of a statement; table and column names are this project's own words.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection, transaction

from luzeiro.catalogue import full_disk
from luzeiro.catalogue.errors import CatalogueError

Value = int | str | bytes | bool | None  # a date goes as ISO 8601 text
Row = Sequence[Value]
_FETCHED = 10_000  # rows
_TYPES = {"bytes": ("BLOB", "bytea"), "int": ("INTEGER", "bigint"), "text": ("TEXT", "text")}
_WRITERS = ("revision", "source", "entry")  # one writer at a time, in this order


def on_postgresql() -> bool:
    return bool(connection.vendor == "postgresql")


@contextmanager
def one_change() -> Iterator[None]:
    """One transaction, whole or not at all, by one writer at a time; readers go on.

    Raises:
        CatalogueError: the database cannot do it: another writer is at work, the disk is full, the
            server is gone. Nothing was changed.
    """
    try:
        with transaction.atomic():  # SQLite: BEGIN IMMEDIATE
            if on_postgresql():
                _one_writer()
            yield
    except OperationalError as error:
        path = Path(str(connection.settings_dict["NAME"]))
        if full_disk.is_full_disk(error, path):
            raise CatalogueError(full_disk.told(path)) from error
        told = str(error).strip().splitlines()[0] if str(error).strip() else "no reason given"
        raise CatalogueError(
            f"The catalogue cannot be changed now ({told}). Nothing was changed: try again."
        ) from error


def _one_writer() -> None:
    with connection.cursor() as cursor:
        for table in _WRITERS:
            cursor.execute(f"LOCK TABLE catalogue_{table} IN SHARE ROW EXCLUSIVE MODE")
        # The keys asked for are few beside the tables: always by index, never a whole scan.
        cursor.execute("SET LOCAL enable_hashjoin = off")
        cursor.execute("SET LOCAL enable_mergejoin = off")


def stage(table: str, columns: Sequence[tuple[str, str]], rows: Iterable[Row]) -> None:
    """Put rows into a temporary table, anew: what is to be asked for or changed.

    Args:
        table: its name.
        columns: (name, "int" | "bytes" | "text") each; the first is the table's order.
        rows: in any order, best sorted.
    """
    which = 1 if on_postgresql() else 0
    laid = ", ".join(f"{name} {_TYPES[kind][which]}" for name, kind in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({laid})")
        # PostgreSQL would keep what it deletes until the end of the transaction.
        cursor.execute(f"TRUNCATE {table}" if which else f"DELETE FROM {table}")
    insert(table, [name for name, _ in columns], rows)


def insert(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Add rows to a table."""
    listed = ", ".join(columns)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if on_postgresql():
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["?"] * len(columns))
            # Past Django's cursor, which rewrites the statement for each row.
            connection.connection.executemany(
                f"INSERT INTO {table} ({listed}) VALUES ({marks})", rows
            )


def change_each(statement: str, rows: Sequence[Row]) -> None:
    """Run one statement (parameters as %s) for each row."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)


def execute(statement: str, parameters: Sequence[Value] = ()) -> int:
    """Run one statement and give how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def select(statement: str, parameters: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
    """All rows of a question; Any: whatever its columns hold."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return [tuple(map(_plain, row)) for row in rows] if on_postgresql() else rows


def stream(statement: str, parameters: Sequence[Value] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a question one after the other, in constant memory; Any: as `select`."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(_FETCHED):
            yield from rows


def next_id(table: str) -> int:
    """The number that the next row gets; only inside `one_change`."""
    ((last,),) = select(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
    return int(last) + 1


def numbered_to(table: str) -> None:
    """Tell the database that numbers were given out by us."""
    if on_postgresql():
        execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "
            f"(SELECT COALESCE(MAX(id), 1) FROM {table}))"
        )


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
