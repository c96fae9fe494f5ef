"""`luzeiro doctor`: what is wrong with an installation, and how to mend it."""

import resource
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.queries import count_files, watched_torrents
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import Home, NoHomeError, current_home
from luzeiro.cli.output import Output, emit
from luzeiro.cli.store import open_store
from luzeiro.collector.clock import read_clock
from luzeiro.collector.state import CollectorState, StateError
from luzeiro.observations.segment import waiting_in
from luzeiro.sightings.filters import SightingFilter
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
    for look in (catalogue, collector, spool, store):
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
    except CatalogueError as error:
        return Finding("catalogue", Health.BROKEN, str(error))
    told = f"{entries} entries, {torrents} torrents to look for"
    if not torrents:
        mend = "luzeiro catalogue add, or import; one source must be an --authority, or two agree"
        return Finding("catalogue", Health.WARNING, told, mend)
    return Finding("catalogue", Health.GOOD, told)


def collector(home: Home) -> Finding:
    state = CollectorState(home.collector)
    try:
        cursor, nodes = state.cursor(), state.nodes()
    except StateError as error:
        return Finding("collector", Health.BROKEN, str(error))
    told = f"sweep {cursor.sweep}, {cursor.targets_done} targets done, {len(nodes)} nodes known"
    return Finding("collector", Health.GOOD, told)


def spool(home: Home) -> Finding:
    waiting = len(waiting_in(home.spool))
    damaged = len(list((home.spool / "damaged").glob("*")))
    told = f"{waiting} segments waiting, {damaged} damaged"
    if damaged:
        mend = f"look at {home.spool / 'damaged'}: what they held is not in the store"
        return Finding("spool", Health.WARNING, told, mend)
    return Finding("spool", Health.GOOD, told)


def store(home: Home) -> Finding:
    try:
        with open_store(home, wait_s=_STORE_WAIT_S) as opened:
            counted = opened.count(SightingFilter())
            count = counted["sightings"][0].as_py()
    except StoreError as error:
        return Finding("store", Health.BROKEN, str(error))
    return Finding("store", Health.GOOD, f"{count} sightings")
