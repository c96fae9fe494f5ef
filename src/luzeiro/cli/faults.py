"""Which errors are told to people in one line; any other is ours to mend, with its traceback."""

import errno

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.cli.home import NoHomeError
from luzeiro.cli.portal import PortalError
from luzeiro.collector.spool import SpoolBusyError, SpoolFullError
from luzeiro.collector.state import StateError
from luzeiro.networks.bittorrent.driver.dht import BindError
from luzeiro.networks.bittorrent.watch import WatchSetError
from luzeiro.networks.kit.errors import WireError
from luzeiro.sightings.store import StoreError

_TOLD = (
    BindError,
    CatalogueError,
    ListError,
    NoHomeError,
    PortalError,
    SpoolBusyError,
    SpoolFullError,
    StateError,
    StoreError,
    WatchSetError,
    WireError,
)
_HINTS = {
    errno.ENOSPC: "the disk is full: make room and run the command again",
    errno.EDQUOT: "the disk quota is used up: make room and run the command again",
    errno.EACCES: "this account may not: check who owns the folder",
    errno.EROFS: "the file system is read-only",
}


def explain(error: Exception) -> str | None:
    """Say what went wrong and what to do, or None where the fault is ours."""
    if isinstance(error, _TOLD):
        return str(error)
    if isinstance(error, OSError) and error.errno in _HINTS:
        return f"{error.filename or 'writing'}: {_HINTS[error.errno]}"
    return None
