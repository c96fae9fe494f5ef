"""Collecting under load, in a process that can be killed: the real collector, spool and hub.

Only the network is invented: a room whose turns bring observations of random identifiers. What the
collector has acknowledged (sealed durably) is written to a pipe, whose other end survives.
"""

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from uuid import UUID

from luzeiro.collector import run
from luzeiro.collector.chain import Chain
from luzeiro.collector.progress import Progress
from luzeiro.collector.recorder import Recorder
from luzeiro.collector.run import Collector, CollectSettings
from luzeiro.collector.spool import Spool
from luzeiro.collector.state import CollectorState
from luzeiro.evidence.audit import audit
from luzeiro.evidence.signer import Signer
from luzeiro.hub.handover import hand_over
from luzeiro.hub.hub import Hub
from luzeiro.networks.bittorrent.watch import WHOLE_TORRENT, WatchedTorrent
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations import segment
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Control, Grade
from luzeiro.observations.record import (
    Bound,
    Clock,
    Observation,
    OpenedBy,
    PortKind,
    Role,
    Sighting,
)

COLLECTOR = UUID(int=1)
SIGNER = Signer(f"luzeiro/collector/{COLLECTOR}", b"lab" + bytes(29))
_PER_TURN = 100
_ID_BYTES = 16


class LoadedRoom:
    """Turns that bring a hundred observations each, at once."""

    def __init__(self, seed: int) -> None:
        self.tally, self._random = Tally(), Random(seed)

    async def turn(self, target: WatchedTorrent, stop: asyncio.Event) -> list[Observation]:  # noqa: ARG002 - the collector's protocol
        await asyncio.sleep(0)
        now = datetime.now(UTC)
        first = Observation(
            network="bittorrent",
            remote=Endpoint.parse("198.51.100.7", 6881),
            port_kind=PortKind.LISTENING,
            opened_by=OpenedBy.US,
            own=Endpoint.parse("192.0.2.1", 40000),
            started_at=now,
            seen_at=now,
            identifier=target.identifiers[0],
            file_index=None,
            completeness_bound=Bound.EXACT,
            role=Role.UNKNOWN,
            grade=Grade.REACHED,
            control=Control.REFUSED,
            exchange=b"LZX1",
        )
        ports = (self._random.randrange(1024, 65536) for _ in range(_PER_TURN))
        return [replace(first, remote=Endpoint(first.remote.packed, port)) for port in ports]


class Targets:
    """A watch set in memory."""

    def __init__(self, count: int) -> None:
        self._torrents = [
            WatchedTorrent(number.to_bytes(20, "big"), None, None, (WHOLE_TORRENT,))
            for number in range(1, count + 1)
        ]

    def __len__(self) -> int:
        return len(self._torrents)

    def __getitem__(self, row: int) -> WatchedTorrent:
        return self._torrents[row]

    def key_at(self, row: int) -> bytes:
        return self._torrents[row].btih or b""

    def first_at_or_after(self, infohash: bytes) -> int:
        return next((row for row in range(len(self)) if self.key_at(row) >= infohash), len(self))


class AcknowledgingSpool(Spool):
    """Says through a pipe what it has sealed: only then is it acknowledged."""

    def __init__(self, path: Path, told: int) -> None:
        chain = Chain(path, SIGNER, str(COLLECTOR))
        super().__init__(path, reserve_bytes=0, chain=chain)
        self._told = told

    def seal(self, sightings: Sequence[Sighting]) -> Path:
        sealed = super().seal(sightings)
        ids = b"".join(one.sighting_id.bytes for one in sightings)
        os.write(self._told, ids)
        return sealed


def collect(home: Path, seed: int, told: int) -> None:
    """Collect and hand over until killed."""
    run._IDLE_S = 0.02  # noqa: SLF001 - a load that seals as often as it can
    with closing(Hub(home / "hub")) as hub:
        hub.enrol(str(COLLECTOR), SIGNER.key, "lab", datetime.now(UTC))

    def admit() -> None:
        # A hub without room takes nothing in; what is sealed waits for it.
        with suppress(OSError, sqlite3.Error), closing(Hub(home / "hub")) as hub:
            hand_over(hub, home / "spool")

    collector = Collector(
        LoadedRoom(seed),
        Targets(64),
        state=CollectorState(home / "collector", "bittorrent"),
        spool=AcknowledgingSpool(home / "spool", told),
        recorder=Recorder(COLLECTOR, bytes(32), "lab", Random(seed)),
        settings=CollectSettings(every_s=0.0, turns_at_once=16, seal_every_s=0.2, seal_count=2_000),
        read_clock=lambda: Clock(0.01, "lab"),
        on_sealed=admit,
        report=_say_nothing,
    )
    asyncio.run(collector.run(asyncio.Event()))


def _say_nothing(_progress: Progress) -> None:
    pass


def forked(do: Callable[[], None], *, keep: int) -> int:
    """Do something in a process of its own, with the imports already made; give its id."""
    child = os.fork()
    if child:
        return child
    try:
        do()
    finally:
        os._exit(keep)


def ended(child: int) -> None:
    """Kill a process that we started, and wait until it is gone."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def acknowledged_by(
    child: int,
    read: int,
    seconds: float,
    *,
    from_start: bool = True,
    before_the_end: Callable[[], None] = lambda: None,
) -> set[bytes]:
    """Read what a process acknowledges for so long, kill it, and read what is still in the pipe.

    It is read while it runs, for a full pipe would hold the collector up.

    Args:
        child: the process.
        read: the pipe's end.
        seconds: how long.
        from_start: count from now; else from the first acknowledgement, on a machine that others
            slow down, but no longer than a minute in all.
        before_the_end: done just before the kill.
    """
    held, began = b"", time.monotonic()
    until = began + (seconds if from_start else 60.0)
    os.set_blocking(read, False)
    while time.monotonic() < until:
        try:
            more = os.read(read, 1 << 20)
        except BlockingIOError:
            time.sleep(0.002)
            continue
        if more and not held and not from_start:
            until = time.monotonic() + seconds
        held += more
    before_the_end()
    ended(child)
    os.set_blocking(read, True)
    while more := os.read(read, 1 << 20):
        held += more
    os.close(read)
    whole = len(held) // _ID_BYTES * _ID_BYTES
    return {held[at : at + _ID_BYTES] for at in range(0, whole, _ID_BYTES)}


@dataclass(frozen=True, slots=True)
class Account:
    """What became of everything that was acknowledged."""

    acknowledged: int
    kept: int
    lost: int
    doubled: int
    refused: int
    holes: int
    faults: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.refused or self.holes or self.faults)


def accounted(home: Path, acknowledged: set[bytes]) -> Account:
    """Hand over what is left, and look for everything in what the hub has."""
    spool = Spool(
        home / "spool", reserve_bytes=0, chain=Chain(home / "spool", SIGNER, str(COLLECTOR))
    )
    with closing(spool), closing(Hub(home / "hub")) as hub:
        spool.open()
        hand_over(hub, home / "spool")
        kept: list[bytes] = []
        for path in segment.waiting_in(hub.admitted):
            kept += segment.read(path)["sighting_id"].to_pylist()
        found = audit(hub.log, [hub.log.checkpoint() or b""])
        return Account(
            acknowledged=len(acknowledged),
            kept=len(kept),
            lost=len(acknowledged - set(kept)),
            doubled=len(kept) - len(set(kept)),
            refused=len(list(hub.refused.iterdir())),
            holes=len(hub.ledger.missing(str(COLLECTOR))),
            faults=found.faults,
        )
