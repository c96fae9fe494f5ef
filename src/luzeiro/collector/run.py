"""Runs a room over the watch set: turns, matching, sealing, and an end with nothing lost.

The cursor is kept only after the sightings of every turn before it are sealed. So a crash can make
a turn happen twice, never lose one.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from luzeiro.collector.match import watched_only
from luzeiro.collector.progress import QUERIES, Progress
from luzeiro.collector.recorder import Recorder
from luzeiro.collector.spool import Spool, SpoolFullError
from luzeiro.collector.state import CollectorState
from luzeiro.collector.sweep import Ordered, Sweep
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.grade import Grade
from luzeiro.observations.identifiers import Identifier
from luzeiro.observations.record import Clock, Observation, Sighting

_IDLE_S = 0.5  # how soon a worker without a target looks again
_FULL_IDLE_S = 2.0  # how soon a full spool is looked at again


class Target(Protocol):
    """One thing to look for: what it goes by on its network."""

    @property
    def identifiers(self) -> Sequence[Identifier]: ...


_Target = TypeVar("_Target", bound=Target)
_Asked_contra = TypeVar("_Asked_contra", bound=Target, contravariant=True)
_Given_co = TypeVar("_Given_co", bound=Target, covariant=True)


class Room(Protocol[_Asked_contra]):
    """What the collector needs of a network's room."""

    tally: Tally

    async def turn(self, target: _Asked_contra, stop: asyncio.Event) -> list[Observation]: ...


class Targets(Ordered, Protocol[_Given_co]):
    """The watch set, as far as the collector needs it."""

    def __getitem__(self, row: int) -> _Given_co: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectSettings:
    """How the collector goes about its work."""

    every_s: float = 900.0  # a target has at most one turn in this time
    turns_at_once: int = 50
    seal_every_s: float = 5.0
    seal_count: int = 10_000
    seal_bytes: int = 64 * 2**20  # of raw exchanges
    report_every_s: float = 1.0


class Collector(Generic[_Target]):
    """One run, from start to `stop`."""

    def __init__(
        self,
        room: Room[_Target],
        targets: Targets[_Target],
        *,
        state: CollectorState,
        spool: Spool,
        recorder: Recorder,
        settings: CollectSettings,
        read_clock: Callable[[], Clock],
        on_sealed: Callable[[], None],
        report: Callable[[Progress], None],
    ) -> None:
        self._room, self._targets, self._state, self._spool = room, targets, state, spool
        self._recorder, self._settings = recorder, settings
        self._read_clock, self._on_sealed, self._report = read_clock, on_sealed, report
        self._sweep = Sweep(targets, state.cursor(), every_s=settings.every_s)
        self._in_hand: list[Sighting] = []
        self._by_grade: Counter[Grade] = Counter()
        self._full: str | None = None  # why nothing is observed now
        self._last: tuple[float, int] = (0.0, 0)  # instant and queries at the last report
        self._began_at = 0.0

    async def run(self, stop: asyncio.Event) -> Progress:
        """Work until `stop` is set, then seal what is in hand.

        While the spool is full, nothing is begun; it goes on by itself once there is room.

        Raises:
            SpoolFullError: the disk is full at the end; what was in hand is sealed or named in the
                message.
        """
        self._began_at = _now()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._settings.turns_at_once, max(1, len(self._targets)))):
                    group.create_task(self._take_turns(stop))
                group.create_task(self._seal_now_and_then(stop))
                group.create_task(self._report_now_and_then(stop))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from several
        finally:
            await self._seal()
        return self.progress()

    def progress(self) -> Progress:
        """Tell this moment; the rate is since the last one asked for."""
        now, queries = _now(), sum(self._room.tally.counts[kind] for kind in QUERIES)
        since, before = self._last
        self._last = now, queries
        return Progress(
            elapsed_s=now - self._began_at,
            sweep=self._sweep.number,
            targets_done=self._sweep.targets_done,
            targets=len(self._targets),
            counts=dict(self._room.tally.counts),
            sightings=dict(self._by_grade),
            unsealed=len(self._in_hand),
            queries_per_s=(queries - before) / max(now - (since or self._began_at), 1e-3),
            full=self._full,
        )

    async def _take_turns(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            row = None if self._full else self._sweep.take(_now())
            if row is None:
                await _unless_set(stop, _IDLE_S)
                continue
            target = self._targets[row]
            observations = await self._room.turn(target, stop)
            self._keep(watched_only(observations, target.identifiers, self._room.tally))
            if not stop.is_set():  # a turn cut short is no turn: the next run repeats it
                self._sweep.done(row)

    def _keep(self, observations: list[Observation]) -> None:
        self._by_grade.update(observation.grade for observation in observations)
        self._in_hand += self._recorder.record(observations, self._read_clock(), datetime.now(UTC))

    async def _seal_now_and_then(self, stop: asyncio.Event) -> None:
        waited_s = 0.0
        while not stop.is_set():
            await _unless_set(stop, _FULL_IDLE_S if self._full else _IDLE_S)
            waited_s += _IDLE_S
            if self._full or self._due() or waited_s >= self._settings.seal_every_s:
                await self._seal_if_there_is_room()
                await asyncio.to_thread(self._on_sealed)
                waited_s = 0.0

    def _due(self) -> bool:
        held = sum(len(sighting.observation.exchange) for sighting in self._in_hand)
        return len(self._in_hand) >= self._settings.seal_count or held >= self._settings.seal_bytes

    async def _seal_if_there_is_room(self) -> None:
        """Seal; where there is no room keep what is in hand, and begin nothing until there is."""
        try:
            await self._seal()
        except SpoolFullError as error:
            self._full = str(error)
        else:
            self._full = await asyncio.to_thread(self._spool.full)

    async def _seal(self) -> None:
        """Seal what is in hand; only then is the cursor of that moment kept."""
        sightings, cursor = self._in_hand, self._sweep.cursor()
        self._in_hand = []
        try:
            if sightings:
                await asyncio.to_thread(self._spool.seal, sightings)
        except SpoolFullError as error:
            if error.sealed is None:
                self._in_hand = sightings + self._in_hand  # for the last try, when all has ended
            raise
        self._state.keep_cursor(cursor)

    async def _report_now_and_then(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._report(self.progress())
            await _unless_set(stop, self._settings.report_every_s)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _unless_set(stop: asyncio.Event, seconds: float) -> None:
    """Wait that long, or until `stop` is set."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
