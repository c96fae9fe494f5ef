"""What the collectors of all networks share: options, the run itself, progress, the farewell."""

import asyncio
import json
import resource
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from random import Random, SystemRandom
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

import typer
import uvloop
from rich.console import Console
from rich.live import Live
from rich.text import Text

from luzeiro.cli.collector import sealing_spool
from luzeiro.cli.home import Home
from luzeiro.cli.intake import take_in_waiting
from luzeiro.cli.output import Output
from luzeiro.collector.clock import ClockWatch
from luzeiro.collector.progress import Progress
from luzeiro.collector.recorder import Recorder, configuration_sha256
from luzeiro.collector.run import Collector, CollectSettings, Room, Target, Targets
from luzeiro.collector.spool import Spool
from luzeiro.collector.state import CollectorState, collector_id
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint

COLLECTING = CollectSettings()  # the defaults

Peers = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST:PORT", help="A peer to ask about every target; repeatable."),
]
For = Annotated[
    float | None,
    typer.Option("--for", metavar="SECONDS", min=0, help="Stop by itself after this long."),
]
Every = Annotated[
    float,
    typer.Option("--every", metavar="SECONDS", min=0, help="At most one sweep in this time."),
]
SpoolLimit = Annotated[
    int | None,
    typer.Option(
        "--spool-limit",
        metavar="MIB",
        min=1,
        help="Stop observing while more than this waits for the hub; else while the disk is full.",
    ),
]
Form = Annotated[
    Output, typer.Option("--output", help="Progress for people, or one object a line.")
]

_PLAIN_LINE_EVERY_S = 10.0
_NODES_TO_BEGIN_WITH = 200
_OPEN_FILES = 4096


_Sought = TypeVar("_Sought", bound=Target)
_Asked_contra = TypeVar("_Asked_contra", bound=Target, contravariant=True)
_Given_co = TypeVar("_Given_co", bound=Target, covariant=True)


class OpenRoom(Room[_Asked_contra], Protocol[_Asked_contra]):
    """A room with its sockets, as a run needs it."""

    async def close(self) -> None: ...

    def known_nodes(self) -> list[Endpoint]: ...


class WatchSet(Targets[_Given_co], Protocol[_Given_co]):
    """The targets of one network, and which revision of them."""

    @property
    def revision(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What a room is opened with."""

    collector: UUID
    nodes: list[Endpoint]  # that answered in the last run
    random: Random
    tally: Tally


OpenUp = Callable[[Opening], Awaitable[OpenRoom[_Sought]]]


def collect(
    home: Home,
    network: str,
    targets: WatchSet[_Sought],
    open_room: OpenUp[_Sought],
    *,
    room_settings: Mapping[str, object],
    collecting: CollectSettings,
    for_s: float | None,
    spool_limit_mib: int | None,
    output: Output,
) -> Progress:
    """Run a collector to its end, take in what it sealed, and say how it went.

    Args:
        home: where it works.
        network: names its state.
        targets: its watch set.
        open_room: opens the room.
        room_settings: all of the room's settings, for the digest that each sighting names.
        collecting: how it goes about its work.
        for_s: ends by itself after so many seconds.
        spool_limit_mib: stops observing while more waits for the hub.
        output: how progress is shown.
    """
    _raise_open_files()
    state = CollectorState(home.collector, network)
    configuration = configuration_sha256({"room": room_settings, "collect": vars_of(collecting)})
    spool = sealing_spool(home, limit_bytes=spool_limit_mib * 2**20 if spool_limit_mib else None)
    run = _run(home, state, spool, targets, open_room, configuration, collecting, for_s, output)
    final = uvloop.run(run)
    take_in_waiting(home)
    if output is Output.JSON:
        _json_line("finished", final)
    else:
        typer.echo(f"finished: {final.line()}", err=True)
    return final


def vars_of(collecting: CollectSettings) -> dict[str, object]:
    """The settings by name; a dataclass with slots has no `vars`."""
    return {name: getattr(collecting, name) for name in collecting.__slots__}


async def _run(
    home: Home,
    state: CollectorState,
    spool: Spool,
    targets: WatchSet[_Sought],
    open_room: OpenUp[_Sought],
    configuration: bytes,
    collecting: CollectSettings,
    for_s: float | None,
    output: Output,
) -> Progress:
    random, tally = SystemRandom(), Tally()
    opening = Opening(collector_id(home.collector), state.nodes(), random, tally)
    spool.open()
    room = await open_room(opening)
    stop = _stop_event(for_s)
    try:
        with _reporter(output) as report:
            collector = Collector(
                room,
                targets,
                state=state,
                spool=spool,
                recorder=Recorder(opening.collector, configuration, targets.revision, random),
                settings=collecting,
                read_clock=ClockWatch().read,
                on_sealed=partial(_take_in, home),
                report=report,
            )
            final = await collector.run(stop)
    finally:
        if nodes := room.known_nodes():
            state.keep_nodes(nodes[:_NODES_TO_BEGIN_WITH])
        await room.close()
        spool.close()
    return final


def _take_in(home: Home) -> None:
    take_in_waiting(home)


def endpoint(text: str, default_port: int | None = None) -> Endpoint:
    """Read HOST:PORT or [V6HOST]:PORT; a name is looked up.

    Raises:
        typer.BadParameter: no port, not a port, or a name that nobody knows.
    """
    host, colon, port = text.rpartition(":")
    if not colon and default_port is not None:
        host, port = text, str(default_port)
    try:
        number = int(port)
        found = socket.getaddrinfo(host.strip("[]"), number, type=socket.SOCK_DGRAM)
        return Endpoint.parse(str(found[0][4][0]), number)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(f"{text!r} is not HOST:PORT (or [IPv6 address]:PORT)") from error
    except OSError as error:
        raise typer.BadParameter(f"{text!r}: {error.strerror}") from error


def _raise_open_files() -> None:
    """Each link is an open file: ask for as many as we may have, up to what we use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _stop_event(for_s: float | None) -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if for_s is not None:
        loop.call_later(for_s, stop.set)
    return stop


@contextmanager
def _reporter(output: Output) -> Iterator[Callable[[Progress], None]]:
    """Show progress: JSON lines on stdout for machines; a live or a plain line on stderr."""
    console = Console(stderr=True)
    if output is Output.JSON:
        yield lambda progress: _json_line("progress", progress)
    elif console.is_terminal:
        with Live(console=console, refresh_per_second=4) as live:
            yield lambda progress: live.update(Text(progress.line()))
    else:
        yield _PlainLines().show


class _PlainLines:
    """A line now and then, for logs."""

    def __init__(self) -> None:
        self._next_at_s = 0.0

    def show(self, progress: Progress) -> None:
        if progress.elapsed_s >= self._next_at_s:
            self._next_at_s = progress.elapsed_s + _PLAIN_LINE_EVERY_S
            typer.echo(progress.line(), err=True)


def _json_line(event: str, progress: Progress) -> None:
    sys.stdout.write(json.dumps({"event": event, **progress.as_json()}) + "\n")
    sys.stdout.flush()
