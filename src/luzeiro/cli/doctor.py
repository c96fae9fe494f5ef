"""`luzeiro doctor`: what is wrong with an installation, and how to mend it."""

import resource
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.queries import count_files, watched_files, watched_torrents
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import Home, NoHomeError, current_home
from luzeiro.cli.output import Output, emit
from luzeiro.cli.store import open_store
from luzeiro.collector.clock import read_clock
from luzeiro.collector.state import CollectorState, StateError
from luzeiro.evidence.log import LogError
from luzeiro.evidence.signer import KeyFileError
from luzeiro.evidence.tiles import TilesError
from luzeiro.hub.hub import Hub
from luzeiro.networks import ROOMS
from luzeiro.observations.identifiers import IdentifierKind
from luzeiro.observations.segment import waiting_in
from luzeiro.places.errors import PlaceTableError
from luzeiro.places.tables import Kind, list_tables
from luzeiro.sightings.measures import Measures, measure
from luzeiro.sightings.store import StoreError


class Health(StrEnum):
    """How one thing stands."""

    GOOD = "good"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, and what to do where it is not good."""

    what: str
    health: Health
    told: str
    mend: str = ""


_LOW_DISK_BYTES = 2 * 2**30
_FEW_FILES = 1024
_STORE_WAIT_S = 5.0
_OLD_PLACES = timedelta(days=45)
_FEW_DAYS = 14
_MANY_PARTS = 200


def doctor(
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
) -> None:
    """Look at everything that must work. Exit status 1: something is broken."""
    findings = list(_look())
    emit(map(asdict, findings), ("what", "health", "told", "mend"), output)
    raise typer.Exit(1 if any(one.health is Health.BROKEN for one in findings) else 0)


def _look() -> Iterator[Finding]:
    yield python(sys.version_info[:2])
    yield processor(Path("/proc/cpuinfo"))
    yield clock()
    yield open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    try:
        home = current_home()
    except NoHomeError as error:
        yield Finding("home", Health.BROKEN, str(error), "luzeiro init")
        return
    yield disk(home.path, shutil.disk_usage(home.path).free)
    for look in (catalogue, collector, spool, log, places, store):
        yield look(home)


def python(version: tuple[int, ...]) -> Finding:
    told = ".".join(map(str, version))
    if version < (3, 11):
        return Finding("python", Health.BROKEN, told, "use Python 3.11 or newer")
    return Finding("python", Health.GOOD, told)


def processor(cpuinfo: Path) -> Finding:
    """The embedded store needs AVX2."""
    try:
        flags = cpuinfo.read_text().split()
    except OSError:
        return Finding("processor", Health.WARNING, "unknown", "the store needs AVX2: check it")
    if "avx2" in flags:
        return Finding("processor", Health.GOOD, "has AVX2")
    return Finding(
        "processor", Health.BROKEN, "no AVX2", "the store cannot run here: use another machine"
    )


def clock() -> Finding:
    told = read_clock()
    if told.error_s is None:
        return Finding(
            "clock",
            Health.WARNING,
            told.source,
            "start chrony or systemd-timesyncd: without it no sighting's instant is bounded",
        )
    return Finding("clock", Health.GOOD, f"within {told.error_s:.3f} s ({told.source})")


def open_files(hard_limit: int) -> Finding:
    if 0 <= hard_limit < _FEW_FILES:
        return Finding("open files", Health.WARNING, str(hard_limit), "raise it: ulimit -Hn 4096")
    return Finding("open files", Health.GOOD, "as many as needed")


def disk(path: Path, free_bytes: int) -> Finding:
    told = f"{free_bytes / 2**30:.1f} GiB free at {path}"
    if free_bytes < _LOW_DISK_BYTES:
        return Finding("disk", Health.WARNING, told, "make room: a full disk stops the collector")
    return Finding("disk", Health.GOOD, told)


def catalogue(home: Home) -> Finding:
    try:
        with open_catalogue(home.path):
            entries = count_files()
            torrents = sum(1 for _ in watched_torrents())
            files = sum(1 for _ in watched_files(IdentifierKind.ED2K))
    except CatalogueError as error:
        return Finding("catalogue", Health.BROKEN, str(error))
    told = f"{entries} entries, {torrents} torrents and {files} eD2k files to look for"
    if not torrents and not files:
        mend = "luzeiro catalogue add, or import; one source must be an --authority, or two agree"
        return Finding("catalogue", Health.WARNING, told, mend)
    return Finding("catalogue", Health.GOOD, told)


def collector(home: Home) -> Finding:
    told = []
    for network in ROOMS:
        state = CollectorState(home.collector, network)
        try:
            cursor, nodes = state.cursor(), state.nodes()
        except StateError as error:
            return Finding("collector", Health.BROKEN, str(error))
        told.append(
            f"{network}: sweep {cursor.sweep}, {cursor.targets_done} targets done, "
            f"{len(nodes)} nodes known"
        )
    return Finding("collector", Health.GOOD, "; ".join(told))


def spool(home: Home) -> Finding:
    waiting = len(waiting_in(home.spool))
    folders = (home.spool / "damaged", home.spool / "refused", home.hub / "refused")
    aside = [path for folder in folders for path in folder.glob("*.parquet")]
    told = f"{waiting} segments waiting, {len(aside)} set aside"
    if aside:
        mend = f"look at {aside[0].parent}: what they held is not in the store"
        return Finding("spool", Health.WARNING, told, mend)
    return Finding("spool", Health.GOOD, told)


def log(home: Home) -> Finding:
    """The hub's log: whether its head is signed, and fits what is stored."""
    mend = "restore the whole folder hub/ from a backup, or what was admitted since is unproven"
    if not (home.hub / "key").exists():
        if (home.hub / "ledger.sqlite3").exists():
            told = f"{home.hub} has a ledger, and no key: its log cannot go on"
            return Finding("log", Health.BROKEN, told, mend)
        return Finding("log", Health.GOOD, "nothing was admitted here yet")
    try:
        with closing(Hub(home.hub)) as hub:
            head = hub.log.head()
            fits = hub.log.reader().root() == head.root
            read = hub.ledger.read_up_to()
            holes = sum(1 for one in hub.ledger.standings() if one.missing)
    except (KeyFileError, LogError, TilesError, OSError) as error:
        return Finding("log", Health.BROKEN, str(error))
    told = f"{head.size} entries"
    if read > head.size:
        told = f"the ledger knows {read} entries of the log, which has {head.size}: it was lost"
        return Finding("log", Health.BROKEN, told, mend)
    if not fits:
        mend = "luzeiro evidence log audit; then restore it from a backup"
        return Finding("log", Health.BROKEN, f"{told}, changed since they were signed", mend)
    if holes:
        mend = "luzeiro hub collectors says which segments"
        return Finding("log", Health.WARNING, f"{told}, {holes} chains with holes", mend)
    return Finding("log", Health.GOOD, told)


def places(home: Home) -> Finding:
    """Without a table of places nothing is broken, and nothing is placed."""
    try:
        tables = list_tables(home.places)
    except PlaceTableError as error:
        return Finding("places", Health.BROKEN, str(error))
    newest = max((info.built_at for info in tables if info.kind is Kind.PLACE), default=None)
    if newest is None:
        mend = "luzeiro places load FILE.mmdb: until then every sighting is unplaced"
        return Finding("places", Health.WARNING, "no table of places", mend)
    told = f"{len(tables)} tables, places as of {newest.date()}"
    if datetime.now(UTC) - newest > _OLD_PLACES:
        return Finding("places", Health.WARNING, told, "load a newer one: addresses move")
    return Finding("places", Health.GOOD, told)


def store(home: Home) -> Finding:
    try:
        with open_store(home, wait_s=_STORE_WAIT_S) as opened:
            told = measure(opened, home=home.path, spool=home.spool, now=datetime.now(UTC))
    except StoreError as error:
        return Finding("store", Health.BROKEN, str(error))
    return judged(told)


def judged(told: Measures) -> Finding:
    """What the measures of a store mean."""
    line = f"{told.sightings} sightings in {told.store_bytes / 2**20:.0f} MiB"
    if told.days_to_full is not None:
        line += f", {told.days_to_full:.0f} days until its disk is full at last week's pace"
    if told.days_to_full is not None and told.days_to_full < _FEW_DAYS:
        mend = "make room, or let old ones go: luzeiro sightings forget --before"
        return Finding("store", Health.WARNING, line, mend)
    if told.parts > _MANY_PARTS:
        mend = "let 'luzeiro sightings serve' run: merges go on while the store is open"
        return Finding("store", Health.WARNING, f"{line}, {told.parts} parts", mend)
    return Finding("store", Health.GOOD, line)
