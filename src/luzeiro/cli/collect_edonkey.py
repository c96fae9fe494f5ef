"""`luzeiro collect edonkey`: Kad, eD2k servers, and each client itself."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from luzeiro.cli.collecting import (
    COLLECTING,
    Every,
    For,
    Form,
    Opening,
    Peers,
    SpoolLimit,
    collect,
    endpoint,
)
from luzeiro.cli.home import current_home
from luzeiro.cli.output import Output
from luzeiro.cli.watch import ed2k_files_to_watch
from luzeiro.collector.progress import Progress
from luzeiro.collector.run import CollectSettings
from luzeiro.networks.edonkey.driver.room import EdonkeyRoom, RoomSettings, user_hash_of
from luzeiro.networks.edonkey.session.kad import KadSettings
from luzeiro.networks.edonkey.wire.met import FILE_LIMIT, read_nodes_dat, read_server_met
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.endpoint import Endpoint

NodesDat = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="Kad nodes to begin with, as eMule keeps them."),
]
KadNodes = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST:PORT", help="A Kad node to begin with (UDP); repeat for more."),
]
Servers = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST:PORT", help="An eD2k server to ask (TCP); repeat for more."),
]
ServerMet = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="eD2k servers, as eMule keeps them."),
]
Own = Annotated[
    str | None,
    typer.Option(metavar="HOST[:PORT]", help="IPv4 address (and Kad port) to observe from."),
]
Queries = Annotated[
    float, typer.Option("--queries-per-second", min=0.1, help="Kad queries, all nodes together.")
]

_KAD = KadSettings()  # the defaults
_REMEMBERED = 20  # nodes of the last run that are asked for others
_Read = TypeVar("_Read")


def edonkey(
    nodes_dat: NodesDat = None,
    kad: KadNodes = None,
    server: Servers = None,
    server_met: ServerMet = None,
    peer: Peers = None,
    for_s: For = None,
    every_s: Every = COLLECTING.every_s,
    own: Own = None,
    queries_per_s: Queries = _KAD.queries_per_s,
    spool_limit: SpoolLimit = None,
    output: Form = Output.TEXT,
) -> None:
    """Ask Kad and servers who has each watched file, and each client what it holds.

    Only observes: publishes nothing, offers nothing, asks for no part of a file. SIGTERM or Ctrl-C
    ends it with all that it saw sealed. Exit status 1: no node, no server and no client answered.
    """
    home = current_home()
    settings = RoomSettings(
        own=endpoint(own, default_port=0) if own else None,
        kad=tuple(endpoint(text) for text in kad or ()),
        contacts=_read(nodes_dat, read_nodes_dat),
        servers=(
            *(endpoint(text) for text in server or ()),
            *(Endpoint.from_compact(one.address) for one in _read(server_met, read_server_met)),
        ),
        peers=tuple(endpoint(text) for text in peer or ()),
        lookups=replace(_KAD, queries_per_s=queries_per_s),
    )

    def open_room(opening: Opening) -> Awaitable[EdonkeyRoom]:
        known = replace(
            settings,
            kad=settings.kad + tuple(opening.nodes[:_REMEMBERED]),
            user_hash=user_hash_of(opening.collector),
        )
        _check_sources(known)
        return EdonkeyRoom.open(known, random=opening.random, tally=opening.tally)

    final = collect(
        home,
        "edonkey",
        ed2k_files_to_watch(home),
        open_room,
        room_settings=asdict(settings),
        collecting=CollectSettings(every_s=every_s),
        for_s=for_s,
        spool_limit_mib=spool_limit,
        output=output,
    )
    _say_who_was_silent(final, settings)
    raise typer.Exit(0 if _anybody_answered(final) else 1)


def _read(path: Path | None, reader: Callable[[bytes], tuple[_Read, ...]]) -> tuple[_Read, ...]:
    """Read a list that the operator brought; none where none was named.

    Raises:
        typer.BadParameter: it is not what it should be.
    """
    if path is None:
        return ()
    if path.stat().st_size > FILE_LIMIT:
        raise typer.BadParameter(
            f"{path} has more than {FILE_LIMIT} bytes: no such list is so long"
        )
    try:
        return reader(path.read_bytes())
    except WireError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error}") from error


def _check_sources(settings: RoomSettings) -> None:
    if not (settings.kad or settings.contacts or settings.servers or settings.peers):
        raise typer.BadParameter(
            "nobody to ask: name Kad nodes with --nodes-dat FILE or --kad HOST:PORT, a server with "
            "--server HOST:PORT or --server-met FILE, or a client with --peer HOST:PORT. "
            "(Kad nodes are remembered for the next run.)"
        )


def _say_who_was_silent(final: Progress, settings: RoomSettings) -> None:
    if (settings.kad or settings.contacts) and not final.counts.get("kad answers"):
        typer.echo(
            "luzeiro: no Kad node answered. Check --nodes-dat and --kad, and that UDP may go out "
            "from this machine.",
            err=True,
        )
    if settings.servers and not final.counts.get("server links"):
        typer.echo(
            "luzeiro: no eD2k server could be logged in to. Check --server and --server-met.",
            err=True,
        )


def _anybody_answered(final: Progress) -> bool:
    counts = final.counts
    return any(counts.get(kind) for kind in ("kad answers", "server answers", "handshakes"))
