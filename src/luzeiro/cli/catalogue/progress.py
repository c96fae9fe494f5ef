"""How far a long import is: a bar with rate and time left, on stderr, where a person looks on."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, TypeVar, cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

_ROWS_BETWEEN = 2_000  # updates
_Row = TypeVar("_Row")


class CountedStream:
    """A file that counts how much of it was read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.name = stream.name
        self.bytes_read = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.bytes_read += len(data)
        return data

    def readline(self, size: int = -1) -> bytes:
        line = self._stream.readline(size)
        self.bytes_read += len(line)
        return line

    def seek(self, offset: int, whence: int = 0) -> int:
        self.bytes_read = self._stream.seek(offset, whence)
        return self.bytes_read

    def fileno(self) -> int:
        return self._stream.fileno()

    def as_file(self) -> BinaryIO:
        """Itself, where a file is asked for: readers read, and nothing else."""
        return cast("BinaryIO", self)


@contextmanager
def counted(
    rows: Iterable[_Row], name: str, stream: CountedStream | None, size_bytes: int | None
) -> Iterator[Iterator[_Row]]:
    """Give the rows on, and show how far they are."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as progress:
        task = progress.add_task(name, total=size_bytes, told="")

        def passed() -> Iterator[_Row]:
            for number, row in enumerate(rows, start=1):
                if number % _ROWS_BETWEEN == 0:
                    elapsed = progress.tasks[0].elapsed or 1e-9
                    progress.update(
                        task,
                        completed=stream.bytes_read if stream is not None else 0,
                        told=f"{number:,} rows, {number / elapsed:,.0f}/s",
                    )
                yield row

        yield passed()
