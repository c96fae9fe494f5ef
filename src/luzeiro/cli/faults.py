"""Which errors are told to people in one line; any other is ours to mend, with its traceback."""

import errno

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.cli.home import NoHomeError
from luzeiro.cli.portal import PortalError
from luzeiro.collector.chain import ChainError
from luzeiro.collector.enrolment import EnrolmentError
from luzeiro.collector.spool import SpoolBusyError, SpoolFullError
from luzeiro.collector.state import StateError
from luzeiro.collector.uploader import HubAwayError, HubRefusedError
from luzeiro.evidence.log import LogError
from luzeiro.evidence.receipts import ReceiptError
from luzeiro.evidence.signer import KeyFileError
from luzeiro.evidence.stamp import StampError
from luzeiro.evidence.tiles import TilesError
from luzeiro.evidence.verifier.merkle import ProofError
from luzeiro.evidence.verifier.notes import NoteError
from luzeiro.hub.refusals import RefusedError
from luzeiro.hub.server import ServeError
from luzeiro.hub.wire import TicketError
from luzeiro.matching.build import BuildUnderWayError
from luzeiro.matching.layout import DamagedIndexError
from luzeiro.networks.kit.driver.udp import BindError
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.watch_file import WatchSetError
from luzeiro.package.age import AgeError
from luzeiro.package.gather import GatherError
from luzeiro.package.make import PackageError
from luzeiro.places.errors import PlaceTableError
from luzeiro.sightings.store import StoreError

_TOLD = (
    AgeError,
    BindError,
    BuildUnderWayError,
    CatalogueError,
    DamagedIndexError,
    ChainError,
    EnrolmentError,
    GatherError,
    HubAwayError,
    HubRefusedError,
    KeyFileError,
    ListError,
    LogError,
    NoHomeError,
    NoteError,
    PackageError,
    ProofError,
    ReceiptError,
    RefusedError,
    PlaceTableError,
    PortalError,
    SpoolBusyError,
    SpoolFullError,
    ServeError,
    StampError,
    StateError,
    StoreError,
    TicketError,
    TilesError,
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
