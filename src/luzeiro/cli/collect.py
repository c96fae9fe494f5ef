"""`luzeiro collect`: run a collector on this machine, collector and store in one home."""

import asyncio
import json
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from random import SystemRandom
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.live import Live
from rich.text import Text

from luzeiro.cli.collector import sealing_spool
from luzeiro.cli.home import Home, current_home
from luzeiro.cli.intake import take_in_waiting
from luzeiro.cli.output import Output
from luzeiro.cli.watch import watch_set
from luzeiro.collector.clock import ClockWatch
from luzeiro.collector.progress import Progress
from luzeiro.collector.recorder import Recorder, configuration_sha256
from luzeiro.collector.run import Collector, CollectSettings
from luzeiro.collector.spool import Spool
from luzeiro.collector.state import CollectorState
from luzeiro.networks.bittorrent.driver.dht import DhtSettings
from luzeiro.networks.bittorrent.driver.room import BitTorrentRoom, RoomSettings
from luzeiro.networks.bittorrent.session.link import LinkSettings
from luzeiro.networks.bittorrent.watch import WatchSet
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint

app = typer.Typer(help="Observe a network and record sightings.", no_args_is_help=True)

DhtNodes = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST:PORT", help="A DHT node to begin with; repeat for more."),
]
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
Dwell = Annotated[
    float,
    typer.Option(
        "--dwell",
        metavar="SECONDS",
        min=0,
        help="How long to hear out a peer that says it holds nothing.",
    ),
]
Own = Annotated[
    str | None,
    typer.Option(metavar="HOST[:PORT]", help="IPv4 address (and DHT port) to observe from."),
]
OwnV6 = Annotated[
    str | None, typer.Option("--own-v6", metavar="[HOST]:PORT", help="IPv6 address for the DHT.")
]
Queries = Annotated[
    float, typer.Option("--queries-per-second", min=0.1, help="DHT queries, all nodes together.")
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

_COLLECTING, _LINKS, _DHT = CollectSettings(), LinkSettings(), DhtSettings()  # the defaults
_PLAIN_LINE_EVERY_S = 10.0
_NODES_TO_BEGIN_WITH = 200
_OPEN_FILES = 4096


@app.callback()
def collect() -> None:
    """Observe a network and record sightings."""


@app.command("bittorrent")
def bittorrent(
    dht: DhtNodes = None,
    peer: Peers = None,
    for_s: For = None,
    every_s: Every = _COLLECTING.every_s,
    dwell_s: Dwell = _LINKS.dwell_none_s,
    own: Own = None,
    own_v6: OwnV6 = None,
    queries_per_s: Queries = _DHT.queries_per_s,
    spool_limit: SpoolLimit = None,
    output: Form = Output.TEXT,
) -> None:
    """Ask the DHT who has each watched torrent, and each peer what it holds.

    Only observes: announces nothing, requests no content. SIGTERM or Ctrl-C ends it with all that
    it saw sealed. Exit status 1: no DHT node and no peer answered at all.
    """
    home = current_home()
    settings = RoomSettings(
        own=_endpoint(own, default_port=0) if own else None,
        own_v6=_endpoint(own_v6, default_port=0) if own_v6 else None,
        bootstrap=tuple(_endpoint(text) for text in dht or ()),
        peers=tuple(_endpoint(text) for text in peer or ()),
        dht=replace(_DHT, queries_per_s=queries_per_s),
        links=replace(_LINKS, dwell_none_s=dwell_s),
    )
    collecting = CollectSettings(every_s=every_s)
    _raise_open_files()
    targets = watch_set(home)
    spool = sealing_spool(home, limit_bytes=spool_limit * 2**20 if spool_limit else None)
    final = uvloop.run(_collect(home, targets, settings, collecting, for_s, output, spool))
    take_in_waiting(home)
    _say_farewell(final, output, settings)
    raise typer.Exit(0 if _anybody_answered(final) else 1)


async def _collect(
    home: Home,
    targets: WatchSet,
    settings: RoomSettings,
    collecting: CollectSettings,
    for_s: float | None,
    output: Output,
    spool: Spool,
) -> Progress:
    state, random = CollectorState(home.collector), SystemRandom()
    configuration = {"room": asdict(settings), "collect": asdict(collecting)}
    remembered = state.nodes()
    settings = replace(settings, bootstrap=settings.bootstrap + tuple(remembered))
    _check_sources(settings)
    tally = Tally()
    spool.open()
    room = await BitTorrentRoom.open(settings, random=random, tally=tally)
    stop = _stop_event(for_s)
    try:
        with _reporter(output) as report:
            collector = Collector(
                room,
                targets,
                state=state,
                spool=spool,
                recorder=Recorder(
                    state.collector_id(),
                    configuration_sha256(configuration),
                    targets.revision,
                    random,
                ),
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


def _check_sources(settings: RoomSettings) -> None:
    if not settings.bootstrap and not settings.peers:
        raise typer.BadParameter(
            "nobody to ask: name at least one DHT node with --dht HOST:PORT, "
            "or a peer with --peer HOST:PORT. (Nodes are remembered for the next run.)"
        )


def _endpoint(text: str, default_port: int | None = None) -> Endpoint:
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


def _say_farewell(final: Progress, output: Output, settings: RoomSettings) -> None:
    if output is Output.JSON:
        _json_line("finished", final)
    else:
        typer.echo(f"finished: {final.line()}", err=True)
    if settings.bootstrap and not final.counts.get("dht answers"):
        nodes = ", ".join(str(node) for node in settings.bootstrap[:3])
        typer.echo(
            f"luzeiro: no DHT node answered ({nodes}). Check the addresses given with --dht, "
            "and that UDP may go out from this machine.",
            err=True,
        )


def _anybody_answered(final: Progress) -> bool:
    return bool(final.counts.get("dht answers") or final.counts.get("handshakes"))
