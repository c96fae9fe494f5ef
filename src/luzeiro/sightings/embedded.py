"""The embedded engine: ClickHouse in this process (chdb), one folder, one owner at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from luzeiro.observations.batch import instant
from luzeiro.sightings import queries
from luzeiro.sightings.columns import from_store
from luzeiro.sightings.filters import SightingFilter, fixed, literal
from luzeiro.sightings.schema import COLUMNS, VERSION, VERSION_TABLE, Profile, migrations
from luzeiro.sightings.store import By, StoreError, Taken

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MANY_PARTS = 24
# One block, one thread: so one insert makes one part, which is there whole or not at all.
_AS_ONE_PART = (
    "min_insert_block_size_rows = 100000000, min_insert_block_size_bytes = 0,"
    " max_insert_threads = 1, max_threads = 1, max_insert_block_size = 100000000"
)
_AS_BYTES = " SETTINGS output_format_arrow_string_as_string = 0"


class EmbeddedStore:
    """An open store; a context manager that closes it.

    The caller makes sure that no other process has it open (lock.py): chdb refuses a second one.
    One process can have one store open at a time. An open one holds about 280 MB.
    """

    def __init__(self, path: Path) -> None:
        """Open the store, and lay or update its tables.

        Raises:
            StoreError: it cannot be opened, or was made by a later version of Luzeiro.
        """
        self.path = path
        # Here, for it takes half a second and 270 MB that most commands have no use for.
        from chdb.session import Session  # noqa: PLC0415

        try:
            path.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise StoreError(
                f"{path} is not a folder: move it away, or name another home"
            ) from error
        opening: Any = Session  # chdb has no types
        with self._told():
            self._session = opening(str(path))
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        self._session.close()

    def taken(self, sha256: bytes) -> Taken | None:
        """The ledger's line for a segment, if it was taken in whole."""
        found = self._ask(
            "SELECT name, sightings, taken_at FROM segments_taken"
            f" WHERE segment = {fixed(sha256)} LIMIT 1"
        ).to_pylist()
        if not found:
            return None
        name, taken_at = found[0]["name"].decode(), instant(found[0]["taken_at"])
        return Taken(sha256, name, found[0]["sightings"], taken_at)

    def sightings_of(self, sha256: bytes) -> int:
        """How many sightings of a segment are here; reads one column of the whole table."""
        found = self._ask(f"SELECT count() AS n FROM sightings WHERE segment = {fixed(sha256)}")
        return int(found["n"][0].as_py())

    def insert(self, rows: pa.Table) -> None:  # noqa: ARG002 - chdb finds it by its name
        """Add the rows of one segment."""
        names = ", ".join(f"`{column.name}`" for column in COLUMNS)
        self._do(
            f"INSERT INTO sightings ({names}) SELECT {names} FROM Python(rows)"
            f" SETTINGS {_AS_ONE_PART}"
        )

    def remove(self, sha256: bytes) -> None:
        """Take out what is here of a segment."""
        self._do(
            f"ALTER TABLE sightings DELETE WHERE segment = {fixed(sha256)}"
            " SETTINGS mutations_sync = 1"
        )

    def enter(self, taken: Taken) -> None:
        """Write a line of the ledger."""
        taken_at = (taken.taken_at - _EPOCH) // timedelta(microseconds=1)
        name = literal(taken.name.encode())
        self._do(
            "INSERT INTO segments_taken (segment, name, sightings, taken_at)"
            f" SELECT {fixed(taken.sha256)}, {name}, {taken.sightings}, {taken_at}"
        )

    def tidy(self) -> None:
        """Merge small parts, where many have gathered: a store open for moments leaves them."""
        parts = self._ask(
            "SELECT toString(table) AS name, count() AS parts FROM system.parts"
            " WHERE active AND database = currentDatabase() GROUP BY name"
        )
        for row in parts.to_pylist():
            if row["parts"] >= _MANY_PARTS:
                self._do(f"OPTIMIZE TABLE {row['name'].decode()}")

    def rows(self, wanted: SightingFilter, *, limit: int | None = None) -> Iterator[pa.RecordBatch]:
        """Give sightings of `columns.RESULT`, newest first, a batch at a time."""
        with self._told():
            parts = self._session.send_query(queries.rows(wanted, limit) + _AS_BYTES, "ArrowStream")
            for part in parts:
                for found in pa.ipc.open_stream(part.bytes()):
                    yield from_store(found)

    def count(self, wanted: SightingFilter) -> pa.Table:
        """Count: one row of sightings, addresses."""
        return self._ask(queries.count(wanted))

    def count_by(self, wanted: SightingFilter, by: By) -> pa.Table:
        """Count: rows of grade, client or day (days since 1970), and sightings, addresses."""
        found = self._ask(queries.count_by(wanted, by)).rename_columns(
            [by.value, "sightings", "addresses"]
        )
        if by is By.DAY:
            return found
        return found.set_column(0, by.value, found[by.value].cast(pa.string()))

    def _migrate(self) -> None:
        self._do(VERSION_TABLE)
        found = self._ask("SELECT max(version) AS version FROM store_version")
        version = int(found["version"][0].as_py())
        if version > VERSION:
            raise StoreError(
                f"The store in {self.path} has version {version}; this Luzeiro knows up to "
                f"{VERSION}. Run the Luzeiro that made it, or a later one."
            )
        for step, statements in sorted(migrations(Profile.MODERN).items()):
            if step > version:
                self._step_to(step, statements)

    def _step_to(self, version: int, statements: tuple[str, ...]) -> None:
        for statement in statements:
            self._do(statement)
        self._do(f"INSERT INTO store_version (version) SELECT {version}")

    def _do(self, statement: str) -> None:
        with self._told():
            self._session.query(statement)

    def _ask(self, question: str) -> pa.Table:
        with self._told():
            answer = self._session.query(question + _AS_BYTES, "ArrowStream")
            return pa.ipc.open_stream(answer.bytes()).read_all()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the engine's errors into ours."""
        try:
            yield
        except (RuntimeError, OSError, pa.ArrowException) as error:
            raise StoreError(f"The store in {self.path}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:500] if lines else type(error).__name__
