"""What a database must do for the store; store.py says what the store does for the hub."""

from collections.abc import Iterator
from typing import Protocol

import pyarrow as pa


class Engine(Protocol):
    """A ClickHouse, wherever it runs. Every method raises StoreError where it fails.

    Threads may share one.
    """

    @property
    def repeats_are_dropped(self) -> bool:
        """Whether the very same rows inserted again are known and dropped by the engine itself.

        If not, whoever inserts asks first what is there; nothing else may insert meanwhile.
        """
        ...

    @property
    def lacks(self) -> str:
        """Of what its answers so far lacked the sightings, in words; "" where they were whole."""
        ...

    def ask(self, question: str) -> pa.Table:
        """Answer a SELECT; text comes as bytes. Without rows, there may be no columns either."""
        ...

    def stream(self, question: str) -> Iterator[pa.RecordBatch]:
        """Answer a SELECT a batch at a time, in its order."""
        ...

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        """Add rows, which have the table's columns in order; on the disk when this returns.

        Args:
            table: of schema.py.
            rows: of one partition: they are there whole or, after a crash, not at all. On a
                cluster that holds for each shard.
            token: names these rows, for an engine that drops repeats by it.
        """
        ...

    def delete(self, table: str, condition: str) -> None:
        """Remove rows; done when this returns."""
        ...

    def drop_partition(self, table: str, partition: int) -> None:
        """Remove a whole partition."""
        ...

    def tidy(self) -> None:
        """Merge small parts, where many have gathered."""
        ...

    def close(self) -> None:
        """Let go."""
        ...
