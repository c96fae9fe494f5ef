"""`luzeiro collect bittorrent`: the DHT, and each peer itself."""

from collections.abc import Awaitable
from dataclasses import asdict, replace
from typing import Annotated

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
from luzeiro.cli.watch import torrents_to_watch
from luzeiro.collector.progress import Progress
from luzeiro.collector.run import CollectSettings
from luzeiro.networks.bittorrent.driver.dht import DhtSettings
from luzeiro.networks.bittorrent.driver.room import BitTorrentRoom, RoomSettings
from luzeiro.networks.bittorrent.session.link import LinkSettings

DhtNodes = Annotated[
    list[str] | None,
    typer.Option(metavar="HOST:PORT", help="A DHT node to begin with; repeat for more."),
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

_LINKS, _DHT = LinkSettings(), DhtSettings()  # the defaults


def bittorrent(
    dht: DhtNodes = None,
    peer: Peers = None,
    for_s: For = None,
    every_s: Every = COLLECTING.every_s,
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
        own=endpoint(own, default_port=0) if own else None,
        own_v6=endpoint(own_v6, default_port=0) if own_v6 else None,
        bootstrap=tuple(endpoint(text) for text in dht or ()),
        peers=tuple(endpoint(text) for text in peer or ()),
        dht=replace(_DHT, queries_per_s=queries_per_s),
        links=replace(_LINKS, dwell_none_s=dwell_s),
    )

    def open_room(opening: Opening) -> Awaitable[BitTorrentRoom]:
        known = replace(settings, bootstrap=settings.bootstrap + tuple(opening.nodes))
        _check_sources(known)
        return BitTorrentRoom.open(known, random=opening.random, tally=opening.tally)

    final = collect(
        home,
        "bittorrent",
        torrents_to_watch(home),
        open_room,
        room_settings=asdict(settings),
        collecting=CollectSettings(every_s=every_s),
        for_s=for_s,
        spool_limit_mib=spool_limit,
        output=output,
    )
    _say_who_was_silent(final, settings)
    raise typer.Exit(0 if _anybody_answered(final) else 1)


def _check_sources(settings: RoomSettings) -> None:
    if not settings.bootstrap and not settings.peers:
        raise typer.BadParameter(
            "nobody to ask: name at least one DHT node with --dht HOST:PORT, "
            "or a peer with --peer HOST:PORT. (Nodes are remembered for the next run.)"
        )


def _say_who_was_silent(final: Progress, settings: RoomSettings) -> None:
    if settings.bootstrap and not final.counts.get("dht answers"):
        nodes = ", ".join(str(node) for node in settings.bootstrap[:3])
        typer.echo(
            f"luzeiro: no DHT node answered ({nodes}). Check the addresses given with --dht, "
            "and that UDP may go out from this machine.",
            err=True,
        )


def _anybody_answered(final: Progress) -> bool:
    return bool(final.counts.get("dht answers") or final.counts.get("handshakes"))
