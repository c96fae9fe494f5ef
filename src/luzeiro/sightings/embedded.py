"""The embedded engine: ClickHouse in this process (chdb), one folder, one owner at a time."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from luzeiro.evidence.durable import lay_folder
from luzeiro.sightings.schema import VERSION, VERSION_TABLE, migrations
from luzeiro.sightings.sessions import Sessions
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreError, StoreFullError

_MANY_PARTS = 24
_AT_ONCE = 8  # who asks at once; a session costs three milliseconds and no memory
_SERVER = "&".join(
    (
        # One thread for merges, which take turns with a second: on few cores more would only make
        # those who ask wait.
        "background_pool_size=1",
        "background_merges_mutations_concurrency_ratio=2",
        # The tables' filters stay in memory, unpacked, as they are asked for: four of them, 430 MB
        # in all for 100 million sightings.
        f"index_uncompressed_cache_size={2**30}",
        # All filters before any row, so the engine remembers which granules a question needs.
        "use_skip_indexes_on_data_read=0",
    )
)
# One block, one thread: so one insert makes one part, which is there whole or not at all.
_AS_ONE_PART = (
    "min_insert_block_size_rows = 100000000, min_insert_block_size_bytes = 0,"
    " max_insert_threads = 1, max_threads = 1, max_insert_block_size = 100000000"
)
# The system's words (ENOSPC, EDQUOT), and the engine's where it asks for room beforehand.
_NO_ROOM = re.compile(r"No space left on device|Disk quota exceeded|NOT_ENOUGH_SPACE")
_AS_BYTES = " SETTINGS output_format_arrow_string_as_string = 0"


class EmbeddedEngine:
    """An open chdb session, its tables laid and up to date.

    The caller makes sure that no other process has it open (lock.py): chdb refuses a second one.
    One process can have one open at a time. An open one holds about 280 MB.
    """

    # Its own memory of tokens is written before the rows, so a crash between loses them.
    lacks = ""  # it is one whole
    repeats_are_dropped = False

    def __init__(self, path: Path) -> None:
        """Open the store, and lay or update its tables.

        Raises:
            StoreError: it cannot be opened, or was made by a later version of Luzeiro.
        """
        self.path = path
        # Here, for it takes half a second and 270 MB that most commands have no use for.
        from chdb.session import Session  # noqa: PLC0415

        try:
            lay_folder(path)
        except (FileExistsError, NotADirectoryError) as error:
            raise _no_folder(path) from error
        if not path.is_dir():
            raise _no_folder(path)
        opening: Any = Session  # chdb has no types
        with self._told():
            self._sessions = Sessions(lambda: opening(f"{path}?{_SERVER}"), _AT_ONCE)
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the store."""
        self._sessions.close()

    def ask(self, question: str) -> pa.Table:
        with self._told(), self._sessions.lent() as session:
            answer = session.query(question + _AS_BYTES, "ArrowStream")
            return pa.ipc.open_stream(answer.bytes()).read_all()

    def stream(self, question: str) -> Iterator[pa.RecordBatch]:
        # By way of a file: chdb's own streams end when their session is asked something else.
        with tempfile.TemporaryDirectory(prefix="luzeiro-") as folder, self._told():
            path = Path(folder) / "answer.arrows"
            self._do(f"INSERT INTO FUNCTION file('{path}', 'ArrowStream') {question}{_AS_BYTES}")
            if not path.exists():  # nothing found: no schema either
                return
            with pa.OSFile(str(path)) as file:
                yield from pa.ipc.open_stream(file)

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:  # noqa: ARG002 - see above
        names = ", ".join(f"`{name}`" for name in rows.column_names)
        self._do(  # chdb finds `rows` by its name
            f"INSERT INTO {table} ({names}) SELECT {names} FROM Python(rows)"
            f" SETTINGS {_AS_ONE_PART}"
        )

    def delete(self, table: str, condition: str) -> None:
        self._do(f"ALTER TABLE {table} DELETE WHERE {condition} SETTINGS mutations_sync = 1")

    def drop_partition(self, table: str, partition: int) -> None:
        self._do(f"ALTER TABLE {table} DROP PARTITION {int(partition)}")

    def tidy(self) -> None:
        """Merge small parts, where many have gathered: a store open for moments leaves them."""
        parts = self.ask(
            "SELECT name, max(held) AS parts FROM (SELECT toString(table) AS name, count() AS held"
            " FROM system.parts WHERE active AND database = currentDatabase()"
            " GROUP BY name, partition) GROUP BY name"
        )
        for row in parts.to_pylist():
            if row["parts"] >= _MANY_PARTS:
                self._do(f"OPTIMIZE TABLE {row['name'].decode()}")

    def _migrate(self) -> None:
        self._do(VERSION_TABLE)
        found = self.ask("SELECT max(version) AS version FROM store_version")
        version = int(found["version"][0].as_py())
        if version > VERSION:
            raise StoreError(
                f"The store in {self.path} has version {version}; this Luzeiro knows up to "
                f"{VERSION}. Run the Luzeiro that made it, or a later one."
            )
        for step, statements in sorted(migrations().items()):
            if step > version:
                self._step_to(step, statements)

    def _step_to(self, version: int, statements: tuple[str, ...]) -> None:
        for statement in statements:
            self._do(statement)
        self._do(f"INSERT INTO store_version (version) SELECT {version}")

    def _do(self, statement: str) -> None:
        with self._told(), self._sessions.lent() as session:
            session.query(statement)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the engine's errors into ours."""
        try:
            yield
        except (RuntimeError, OSError, pa.ArrowException) as error:
            if _NO_ROOM.search(str(error)):
                raise StoreFullError(
                    f"The disk of the store in {self.path} is full. What was taken in is as it "
                    "was, and what waits goes on waiting. Make room, then run the command again."
                ) from error
            raise StoreError(f"The store in {self.path}: {_first_line(error)}") from error


class EmbeddedStore(SqlStore):
    """An open embedded store; a context manager that closes it."""

    def __init__(self, path: Path) -> None:
        """Open the store in a folder.

        Raises:
            StoreError: it cannot be opened, or was made by a later version of Luzeiro.
        """
        super().__init__(EmbeddedEngine(path))


def _no_folder(path: Path) -> StoreError:
    return StoreError(f"{path} is not a folder: move it away, or name another home")


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0][:500] if lines else type(error).__name__
