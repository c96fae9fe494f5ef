"""`luzeiro tracker`: how many, says a tracker; about nobody in particular."""

import asyncio
from datetime import UTC, datetime
from random import SystemRandom
from typing import Annotated

import typer

from luzeiro.cli.home import current_home
from luzeiro.cli.output import Output, emit
from luzeiro.cli.watch import watch_set
from luzeiro.networks.bittorrent.driver.trackers import scrape
from luzeiro.networks.bittorrent.watch import wire_infohash
from luzeiro.networks.kit.tally import Tally

app = typer.Typer(help="Trackers: counts only. Nothing is ever announced.", no_args_is_help=True)


@app.callback()
def tracker() -> None:
    """Trackers: counts only. Nothing is ever announced."""


@app.command("scrape")
def scrape_command(
    url: Annotated[str, typer.Argument(help="udp://HOST:PORT, http://… or https://…")],
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
    full: Annotated[bool, typer.Option("--full", help="Identifiers whole in text too.")] = False,
    timeout_s: Annotated[
        float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="For each 74 torrents.")
    ] = 30.0,
) -> None:
    """Ask a tracker how many hold each watched torrent. Exit status 1: it did not answer."""
    targets = watch_set(current_home())
    names = {
        wire_infohash(name): name
        for row in range(len(targets))
        for name in targets[row].identifiers
    }
    result = asyncio.run(
        scrape(url, list(names), random=SystemRandom(), tally=Tally(), timeout_s=timeout_s)
    )
    whole, at = full or output is not Output.TEXT, datetime.now(UTC)
    emit(
        (
            {
                "identifier": str(names[one.infohash])
                if whole
                else names[one.infohash].shortened(),
                "seeders": one.seeders,
                "leechers": one.leechers,
                "completed": one.completed,
                "scraped_at": at,
            }
            for one in result.counts
        ),
        ("identifier", "seeders", "leechers", "completed", "scraped_at"),
        output,
    )
    if result.fault is not None:
        typer.echo(f"luzeiro: {url}: {result.fault}", err=True)
        raise typer.Exit(1)
