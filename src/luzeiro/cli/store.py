"""The store of a home, for as long as a command needs it."""

from collections.abc import Iterator
from contextlib import contextmanager

from luzeiro.cli.home import Home
from luzeiro.sightings.embedded import EmbeddedStore
from luzeiro.sightings.lock import store_lock

WAIT_S = 30.0


@contextmanager
def open_store(home: Home, *, wait_s: float = WAIT_S) -> Iterator[EmbeddedStore]:
    """Open the store, waiting for another process that has it.

    Raises:
        StoreBusyError: another process did not let go of it within `wait_s` seconds.
        StoreError: it cannot be opened.
    """
    with store_lock(home.path / "store.lock", wait_s=wait_s), EmbeddedStore(home.store) as store:
        yield store
