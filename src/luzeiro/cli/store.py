"""The store of a home, for as long as a command needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from luzeiro.cli.home import Home
from luzeiro.sightings.opening import open_store_in
from luzeiro.sightings.sql_store import SqlStore

WAIT_S = 30.0


@contextmanager
def open_store(home: Home, *, wait_s: float = WAIT_S, partly: bool = False) -> Iterator[SqlStore]:
    """Open the store, waiting for another process that has it and serves nobody.

    Args:
        home: whose.
        wait_s: how long to wait.
        partly: whether answers without a shard of a cluster will do, if its configuration allows
            them; stderr then says in the end what they lack.

    Raises:
        StoreBusyError: another process did not let go of it within `wait_s` seconds.
        StoreError: it cannot be opened.
    """
    with open_store_in(home.path, wait_s=wait_s, partly=partly) as store:
        yield store
        if store.lacks:
            typer.echo(
                f"luzeiro: THIS ANSWER IS PARTIAL. It lacks all sightings of {store.lacks}.",
                err=True,
            )
