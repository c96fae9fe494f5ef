"""The store of a home, wherever it is: embedded and free, owned by a process, or a cluster."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from luzeiro.sightings.cluster import ClusterEngine
from luzeiro.sightings.cluster_config import Incomplete, read_cluster
from luzeiro.sightings.driver.owned import NoOwnerError, OwnedEngine
from luzeiro.sightings.driver.owner import serving
from luzeiro.sightings.embedded import EmbeddedEngine
from luzeiro.sightings.engine import Engine
from luzeiro.sightings.lock import store_lock
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreBusyError, StoreError

_TRY_EVERY_S = 0.05
LOCK, SOCKET, STORE, CLUSTER = "store.lock", "store.sock", "store", "cluster.toml"


@contextmanager
def open_store_in(home: Path, *, wait_s: float, partly: bool = False) -> Iterator[SqlStore]:
    """Open the store of a home.

    A cluster, where the home names one. Else the embedded store: by asking the process that owns
    and serves it, or, where none does, by opening it here.

    Args:
        home: its folder.
        wait_s: how long to wait for whoever has it.
        partly: whether the caller shows `SqlStore.lacks`, so that answers of a cluster without a
            shard will do where cluster.toml allows them. Else they are refused: what is built on
            sightings must not be built on some of them.

    Raises:
        StoreBusyError: a process has it open, serves nobody, and did not let go in `wait_s`.
        StoreError: it cannot be opened, or is down.
    """
    if (home / CLUSTER).exists():
        config = read_cluster(home / CLUSTER)
        if not partly:
            config = replace(config, incomplete=Incomplete.REFUSE)
        with SqlStore(ClusterEngine(config)) as store:
            yield store
        return
    with ExitStack() as held:
        yield held.enter_context(SqlStore(_engine(home, wait_s, held)))


def check_current(home: Path, store: SqlStore) -> None:
    """Make sure that an open store is still the one of the home: a rebuild puts another there.

    Raises:
        StoreError: it is not.
    """
    engine = store.engine
    if isinstance(engine, ClusterEngine):
        named = read_cluster(home / CLUSTER).database
        if named != engine.config.database:
            raise StoreError(f"The store was rebuilt meanwhile, as {named}. Run the command again.")


def _engine(home: Path, wait_s: float, held: ExitStack) -> Engine:
    """The owner's engine, or our own with its lock held."""
    given_up_at = time.monotonic() + wait_s
    while True:
        with suppress(NoOwnerError):
            return OwnedEngine(home / SOCKET)
        left_s = given_up_at - time.monotonic()
        patience_s = min(max(left_s, 0.0), _TRY_EVERY_S)
        try:
            held.enter_context(store_lock(home / LOCK, wait_s=patience_s))
        except StoreBusyError:
            if left_s <= 0:
                raise
        else:
            return EmbeddedEngine(home / STORE)


@contextmanager
def own_store_in(home: Path, *, wait_s: float) -> Iterator[SqlStore]:
    """Open the embedded store of a home, and serve it to the others while the context lasts.

    Raises:
        StoreBusyError: another process has it.
        StoreError: it cannot be opened.
    """
    with (
        store_lock(home / LOCK, wait_s=wait_s),
        SqlStore(EmbeddedEngine(home / STORE)) as store,
        serving(store.engine, home / SOCKET),
    ):
        yield store
