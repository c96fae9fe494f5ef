"""`luzeiro tracker`: how many, says a tracker; about nobody in particular."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import Annotated

import typer

from luzeiro.cli.home import current_home
from luzeiro.cli.output import Output, emit, visible
from luzeiro.cli.watch import torrents_to_watch
from luzeiro.networks.bittorrent.driver.trackers import question_budget, scrape
from luzeiro.networks.bittorrent.watch import WatchSet, wire_infohash
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.identifiers import Identifier

app = typer.Typer(help="Trackers: counts only. Nothing is ever announced.", no_args_is_help=True)
_TARGETS_AT_ONCE = 2_000  # held in memory, of a watch set of any size
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = ("identifier", "seeders", "leechers", "completed", "scraped_at")


@app.callback()
def tracker() -> None:
    """Trackers: counts only. Nothing is ever announced."""


@app.command("scrape")
def scrape_command(
    url: Annotated[str, typer.Argument(help="udp://HOST:PORT, http://… or https://…")],
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
    full: Annotated[bool, typer.Option("--full", help="Identifiers whole in text too.")] = False,
    timeout_s: Annotated[
        float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="For each answer.")
    ] = 30.0,
) -> None:
    """Ask a tracker how many hold each watched torrent. Exit status 1: it did not tell."""
    counts = _Counts(torrents_to_watch(current_home()), url, timeout_s)
    whole = full or output is not Output.TEXT
    emit(counts.rows(whole=whole), _COLUMNS, output)
    if counts.fault is not None:
        typer.echo(visible(f"luzeiro: {url}: {counts.fault}"), err=True)
        raise typer.Exit(1)


class _Counts:
    """What one tracker tells about the watch set, asked for as the rows are printed."""

    def __init__(self, targets: WatchSet, url: str, timeout_s: float) -> None:
        self._targets, self._url, self._timeout_s = targets, url, timeout_s
        self.fault: str | None = None  # once the rows have ended

    def rows(self, *, whole: bool) -> Iterator[Mapping[str, object]]:
        """Give a row for each torrent that the tracker tells of, until a fault."""
        budget = question_budget()
        for names in self._names():
            result = asyncio.run(
                scrape(
                    self._url,
                    list(names),
                    random=SystemRandom(),
                    tally=Tally(),
                    timeout_s=self._timeout_s,
                    budget=budget,
                )
            )
            for one in result.counts:
                name = names[one.infohash]
                yield {
                    "identifier": str(name) if whole else name.shortened(),
                    "seeders": one.seeders,
                    "leechers": one.leechers,
                    "completed": one.completed,
                    "scraped_at": _EPOCH + timedelta(microseconds=one.told_at_us),
                }
            self.fault = result.fault
            if self.fault is not None:
                return

    def _names(self) -> Iterator[dict[bytes, Identifier]]:
        """Give the watched torrents some at a time, by infohash; a hybrid has two."""
        for start in range(0, len(self._targets), _TARGETS_AT_ONCE):
            rows = range(start, min(start + _TARGETS_AT_ONCE, len(self._targets)))
            yield {
                wire_infohash(name): name for row in rows for name in self._targets[row].identifiers
            }
