"""`make demo`: real clients on loopback, a collector, and who was found beside the truth.

Needs no root and no network. Ends by itself within three minutes and leaves nothing running::

    python -m lab.demo [--keep]
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from rich.console import Console
from rich.panel import Panel
from rich.status import Status

from lab import table
from lab.children import ChildError, Children, end_on_sigterm
from lab.collector import Luzeiro, Report
from lab.portal import end_in_the_portal
from lab.swarm import NODES, OBSERVER, Swarm
from lab.truth import Judgement, judge

SWEEPS = 2
EVERY_S = 25
AT_MOST_S = 100.0

_INTRO = (
    "Luzeiro finds who [bold]states[/bold], on peer-to-peer networks, that they share files which "
    "vetted bodies have categorised. It only observes: it asks for no content and announces "
    "nothing.\n\n"
    "This demo makes files of random bytes, shares them with real BitTorrent clients (libtorrent) "
    "on loopback addresses of this machine, lets a collector look for them, and sets what it found "
    "beside the truth. It takes about a minute."
)
_OUTRO = """\
[bold]What this shows[/bold]
  [bold green]stated[/]   The peer itself said that it holds the file, or a part of it, and
           it refused a control question for an identifier that nobody can
           hold. Only this can make a lead.
  [bold yellow]reached[/]  It answered, and says that it holds nothing of the file; or it
           says yes to anything, so its word proves nothing.
  [bold cyan]heard[/]    Somebody else said so. A lying DHT node can name anybody:
           hearsay accuses nobody.
  [bold]≥[/]        A super-seeder names one piece at a time: what it says is a
           lower bound.

[bold]What to try next[/bold]
  .venv/bin/python -m lab.demo --keep   keep the home, see the evidence byte by byte
  make test                             the suite
  sudo make lab                         five more clients, in network namespaces
  README.md                             a first result by hand
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the home, and say where it is")
    options = parser.parse_args()
    end_on_sigterm()
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="luzeiro-demo-"))
    try:
        judgement = run(folder, console)
        end_in_the_portal(folder / "home", console)
    except ChildError as error:
        console.print(f"[bold red]The demo cannot go on.[/] {error}", highlight=False)
        sys.exit(2)
    except KeyboardInterrupt:
        console.print("Stopped. Nothing is left running.")
        sys.exit(130)
    finally:
        if options.keep:
            _say_where(folder / "home", console)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if judgement.is_the_truth else 1)


def run(folder: Path, console: Console) -> Judgement:
    """Set the swarm up, collect, and show what came of it."""
    began_at = time.monotonic()
    console.print(Panel(_INTRO, title="Luzeiro", title_align="left", width=min(console.width, 100)))
    with Children(folder) as children, console.status("Making lab files …") as status:
        swarm = Swarm(folder, Random(20))
        status.update(f"Starting {NODES} DHT nodes and {len(swarm.parties)} peers …")
        swarm.start(children)
        console.print(
            f"A swarm stands: {len(swarm.parties)} parties in a private DHT of {NODES} nodes, "
            f"and {len(swarm.liars)} nodes that lie.",
            highlight=False,
        )
        luzeiro = Luzeiro(folder / "home")
        status.update("Listing four torrents in a new home …")
        luzeiro.init()
        for torrent, files in swarm.torrents.listed:
            luzeiro.add(torrent, files=[file.index for file in files])
        host, port = swarm.nodes[0]
        finished = luzeiro.collect(
            children,
            ["--dht", f"{host}:{port}", "--own", OBSERVER, "--every", str(EVERY_S)],
            sweeps=SWEEPS,
            within_s=AT_MOST_S,
            report=lambda progress: _report(status, progress),
        )
        console.print(f"The collector is done: {_line(finished)}.", highlight=False)
        status.update("Setting what was found beside the truth …")
        judgement = judge(swarm.parties, luzeiro.sightings())
    table.show(judgement, console)
    took_s = time.monotonic() - began_at
    console.print(f"[dim]It took {took_s:.0f} s and left nothing running.[/]\n", highlight=False)
    console.print(_OUTRO, highlight=False)
    return judgement


def _report(status: Status, progress: Report) -> None:
    status.update(f"Collecting: {_line(progress)}")


def _line(progress: Report) -> str:
    grades = ", ".join(f"{count} {grade}" for grade, count in progress["sightings"].items())
    counts = progress["counts"]
    return (
        f"sweep {progress['sweep']}, {progress['targets_done']}/{progress['targets']} torrents · "
        f"{counts.get('dht queries', 0)} DHT queries, {counts.get('links opened', 0)} links · "
        f"sightings: {grades}"
    )


def _say_where(home: Path, console: Console) -> None:
    console.print(
        f"\nThe home is kept. Look into it with:\n  export LUZEIRO_HOME={home}\n"
        "  luzeiro sightings list\n  luzeiro sightings show SIGHTING_ID",
        highlight=False,
        soft_wrap=True,
    )


if __name__ == "__main__":
    main()
