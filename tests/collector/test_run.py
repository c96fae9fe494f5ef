import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from luzeiro.collector import run as run_module
from luzeiro.collector.progress import Progress
from luzeiro.collector.recorder import Recorder
from luzeiro.collector.run import Collector, CollectSettings
from luzeiro.collector.spool import Spool, SpoolFullError
from luzeiro.collector.state import CollectorState
from luzeiro.networks.bittorrent.watch import (
    WHOLE_TORRENT,
    WatchedTorrent,
    WatchSet,
    write_watch_set,
)
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.batch import from_table
from luzeiro.observations.grade import Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.record import Clock, Observation, Sighting
from luzeiro.observations.segment import read
from tests.observations.examples import observation


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "_IDLE_S", 0.005)
    monkeypatch.setattr(run_module, "_FULL_IDLE_S", 0.005)


QUICK = CollectSettings(every_s=0.0, turns_at_once=2, seal_every_s=0.0, report_every_s=0.01)


class FakeRoom:
    """Sees one peer for each target; stops the run after so many turns, and can fail."""

    def __init__(self, turns: int, *, hang: bool = False, foreign: bool = False) -> None:
        self.tally, self.seen = Tally(), list[bytes]()
        self._left, self._hang, self._foreign = turns, hang, foreign

    async def turn(self, target: WatchedTorrent, stop: asyncio.Event) -> list[Observation]:
        self._left -= 1
        if self._left < 0:
            stop.set()
        if self._hang and self._left < 0:
            await stop.wait()
        await asyncio.sleep(0)
        assert target.btih is not None
        self.seen.append(target.btih)
        digest = bytes(20) if self._foreign else target.btih
        return [observation(identifier=Identifier(IdentifierKind.BTIH, digest), file_index=None)]


class FullSpool(Spool):
    """A spool whose disk is full for so many seals."""

    def __init__(self, path: Path, failures: int) -> None:
        super().__init__(path, reserve_bytes=0)
        self.failures = failures

    def seal(self, sightings: "list[Sighting]") -> Path:  # type: ignore[override]  # lists only here
        if self.failures:
            self.failures -= 1
            raise SpoolFullError("full", sealed=None)
        return super().seal(sightings)


def watch_set(folder: Path, count: int) -> WatchSet:
    torrents = (
        WatchedTorrent(bytes([number]) * 20, None, None, (WHOLE_TORRENT,))
        for number in range(1, count + 1)
    )
    write_watch_set(folder / "watch.arrow", torrents)
    return WatchSet(folder / "watch.arrow")


def collect(
    folder: Path,
    room: FakeRoom,
    *,
    targets: int = 4,
    spool: Spool | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    stop: asyncio.Event | None = None,
    settings: CollectSettings = QUICK,
) -> Progress:
    watched = watch_set(folder, targets)
    collector = Collector(
        room,
        watched,
        state=CollectorState(folder / "collector", "bittorrent"),
        spool=spool or Spool(folder / "spool", reserve_bytes=0),
        recorder=Recorder(UUID(int=1), bytes(32), watched.revision, Random(1)),
        settings=settings,
        read_clock=lambda: Clock(None, "undisciplined"),
        on_sealed=lambda: None,
        report=report,
    )

    async def run() -> Progress:
        async with asyncio.timeout(20):
            return await collector.run(stop or asyncio.Event())

    return asyncio.run(run())


def sealed(folder: Path) -> list[Sighting]:
    return [
        sighting
        for path in sorted((folder / "spool").glob("*.parquet"))
        for sighting in from_table(read(path))
    ]


def test_every_target_has_a_turn_and_all_that_it_brought_is_sealed(tmp_path: Path) -> None:
    room = FakeRoom(turns=4)
    progress = collect(tmp_path, room)
    assert set(room.seen) == {bytes([number]) * 20 for number in (1, 2, 3, 4)}
    assert len(sealed(tmp_path)) == progress.sightings[Grade.STATED] == len(room.seen)
    assert progress.unsealed == 0


def test_what_is_not_watched_is_not_kept(tmp_path: Path) -> None:
    room = FakeRoom(turns=4, foreign=True)
    collect(tmp_path, room)
    assert sealed(tmp_path) == []
    assert room.tally.counts["not watched, dropped"] == len(room.seen)


def test_a_restart_goes_on_where_the_run_stopped(tmp_path: Path) -> None:
    first, second = FakeRoom(turns=2), FakeRoom(turns=2)
    collect(tmp_path, first, targets=4)
    collect(tmp_path, second, targets=4)
    # The turn that was cut short by the stop is repeated; none is passed over.
    assert set(first.seen + second.seen) == {bytes([number]) * 20 for number in (1, 2, 3, 4)}
    assert second.seen[0] > first.seen[0]


def test_what_a_turn_cut_short_has_in_hand_is_sealed_too(tmp_path: Path) -> None:
    room = FakeRoom(turns=0, hang=True)
    collect(tmp_path, room, targets=1)
    assert len(sealed(tmp_path)) == len(room.seen) == 1
    assert CollectorState(tmp_path / "collector", "bittorrent").cursor().next_key == b"\x01" * 20


def test_a_full_disk_stops_observing_and_it_goes_on_by_itself_once_there_is_room(
    tmp_path: Path,
) -> None:
    room = FakeRoom(turns=200)
    said: list[Progress] = []
    spool = FullSpool(tmp_path / "spool", failures=2)
    final = collect(tmp_path, room, spool=spool, report=said.append)
    assert {progress.full for progress in said} >= {None, "full"}
    assert "NOT OBSERVING: full" in next(one.line() for one in said if one.full)
    assert final.full is None
    assert len(sealed(tmp_path)) == len(room.seen)


def test_nothing_is_begun_while_the_spool_is_full(tmp_path: Path) -> None:
    room, stopped = FakeRoom(turns=1_000_000), asyncio.Event()
    spool = FullSpool(tmp_path / "spool", failures=1_000)
    turns: list[int] = []

    def watch(progress: Progress) -> None:
        if progress.full:
            turns.append(len(room.seen))
            if len(turns) == 20:
                spool.failures = 0
                stopped.set()

    collect(tmp_path, room, spool=spool, report=watch, stop=stopped)
    # What was under way when it filled up came to its end; after that, nothing.
    assert len(set(turns[2:])) == 1
    assert len(sealed(tmp_path)) == len(room.seen)


def test_the_cursor_does_not_pass_what_could_not_be_sealed(tmp_path: Path) -> None:
    stopped = asyncio.Event()

    def stop_when_full(progress: Progress) -> None:
        if progress.full:
            stopped.set()

    spool = FullSpool(tmp_path / "spool", failures=1_000_000)
    with pytest.raises(SpoolFullError):
        collect(tmp_path, FakeRoom(1_000_000), spool=spool, report=stop_when_full, stop=stopped)
    assert sealed(tmp_path) == []
    assert CollectorState(tmp_path / "collector", "bittorrent").cursor().sweep == 1


class RoomThatWaitsForASeal(FakeRoom):
    """Sees one peer, and looks for the next only when what it saw has been sealed."""

    def __init__(self, turns: int, spool: Path) -> None:
        super().__init__(turns)
        self._spool = spool

    async def turn(self, target: WatchedTorrent, stop: asyncio.Event) -> list[Observation]:
        while len(list(self._spool.glob("*.parquet"))) < len(self.seen):
            await asyncio.sleep(0)
        return await super().turn(target, stop)


def test_a_batch_is_sealed_by_its_bytes_too(tmp_path: Path) -> None:
    by_bytes = replace(QUICK, turns_at_once=1, seal_every_s=1e9, seal_bytes=1)
    collect(tmp_path, RoomThatWaitsForASeal(3, tmp_path / "spool"), settings=by_bytes)
    assert len(list((tmp_path / "spool").glob("*.parquet"))) == 4
