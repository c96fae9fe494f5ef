"""A store that another process owns, asked over its Unix socket."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from luzeiro.sightings.driver import frames
from luzeiro.sightings.driver.frames import BrokenLinkError
from luzeiro.sightings.driver.paths import short_name
from luzeiro.sightings.store import StoreError


class NoOwnerError(StoreError):
    """Nobody serves the store."""


class OwnedEngine:
    """An `Engine` in another process. Threads may share one: they take turns."""

    lacks = ""  # it is one whole
    repeats_are_dropped = False  # the owner's engine is the embedded one

    def __init__(self, path: Path) -> None:
        """Greet the owner.

        Raises:
            NoOwnerError: there is none.
        """
        self._path = path
        self._turn = threading.Lock()
        self._link = self._connect()
        try:
            self._say({"do": "greet"})
        except StoreError as error:
            self._link.close()
            raise NoOwnerError(str(error)) from error

    def close(self) -> None:
        self._link.close()

    def ask(self, question: str) -> pa.Table:
        return frames.from_stream(self._say({"do": "ask", "question": question}))

    def stream(self, question: str) -> Iterator[pa.RecordBatch]:
        with self._connect() as link:  # its own: others may ask between two batches
            try:
                frames.send(link, {"do": "stream", "question": question})
                while True:
                    head, body = frames.receive(link)
                    self._check(head)
                    if "more" not in head:
                        return
                    yield from frames.from_stream(body).to_batches()
            except BrokenLinkError as error:
                raise self._gone(error) from error

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        self._say({"do": "insert", "table": table, "token": token}, frames.as_stream(rows))

    def delete(self, table: str, condition: str) -> None:
        self._say({"do": "delete", "table": table, "condition": condition})

    def drop_partition(self, table: str, partition: int) -> None:
        self._say({"do": "drop_partition", "table": table, "partition": str(partition)})

    def tidy(self) -> None:
        self._say({"do": "tidy"})

    def _say(self, head: dict[str, object], body: bytes | pa.Buffer = b"") -> pa.Buffer:
        with self._turn:
            try:
                frames.send(self._link, head, body)
                told, answer = frames.receive(self._link)
            except BrokenLinkError as error:
                raise self._gone(error) from error
        self._check(told)
        return answer

    def _check(self, told: dict[str, object]) -> None:
        if "error" in told:
            raise StoreError(str(told["error"]))

    def _gone(self, error: BrokenLinkError) -> StoreError:
        return StoreError(
            f"The process that owns the store went away while it was asked ({error}). What was "
            "being done may be done or not; run the command again."
        )

    def _connect(self) -> socket.socket:
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with short_name(self._path) as name:
                link.connect(name)
        except OSError as error:
            link.close()
            raise NoOwnerError(f"Nobody serves the store at {self._path}.") from error
        return link
