"""The store of a home, for as long as a command needs it."""

from contextlib import AbstractContextManager

from luzeiro.cli.home import Home
from luzeiro.sightings.opening import open_store_in
from luzeiro.sightings.sql_store import SqlStore

WAIT_S = 30.0


def open_store(home: Home, *, wait_s: float = WAIT_S) -> AbstractContextManager[SqlStore]:
    """Open the store, waiting for another process that has it and serves nobody.

    Raises:
        StoreBusyError: another process did not let go of it within `wait_s` seconds.
        StoreError: it cannot be opened.
    """
    return open_store_in(home.path, wait_s=wait_s)
