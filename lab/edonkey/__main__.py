"""`make lab-edonkey`: aMule daemons in network namespaces, a collector, and who was found.

Needs root, and Debian's amule-daemon, iproute2, nftables, openssl, tcpdump and tshark. aMule tells
Kad three minutes after it starts, so the swarm is set up once; each run is a fresh collector at an
address of its own. Ends with status 0 if every run found the truth and said nothing that may not be
said::

    python -m lab.edonkey [--runs N] [--keep]
"""

import time
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

from lab.children import Children
from lab.collector import Report
from lab.edonkey.run import Outcome, run
from lab.edonkey.scene import PREFIX, Scene
from lab.namespaces.network import Network
from lab.several import repeat, run_lab


def run_all(folder: Path, runs: int, console: Console) -> list[Outcome]:
    """Set the swarm up once, and let a fresh collector look for it `runs` times.

    Raises:
        ChildError: something does not start, or a command fails.
    """
    began_at = time.monotonic()
    with Network(PREFIX) as network, Children(folder) as children:
        scene = Scene(folder, Random(8))
        console.print("Starting aMule daemons, and waiting until Kad knows who shares …")
        scene.start(network, children, observers=runs)
        scene.wait_until_published(children, lambda line: console.print(line, highlight=False))
        console.print(f"Everybody has published after {time.monotonic() - began_at:.0f} s.")

        def once(number: int) -> Outcome:
            return run(scene, children, folder / f"run-{number}", number, _quiet)

        return repeat(runs, console, once, lambda outcome: show(outcome, console))


def show(outcome: Outcome, console: Console) -> None:
    """Print the truth and what was found, side by side."""
    table = Table("In truth", "Address", "", "What the collector found")
    for finding in outcome.findings:
        row = finding.row
        found = "not seen"
        if row is not None:
            share = "" if row["completeness"] is None else f" {row['completeness']:.1f} %"
            notes = ", ".join(note for note in (row["client"], *row["doubts"]) if note)
            found = f"{row['grade']}{share}, control: {row['control']}\n[dim]{notes}[/]"
        table.add_row(
            finding.holder.truth,
            finding.holder.daemon.address,
            "[green]✓[/]" if finding.wrong is None else "[red]✗[/]",
            found if finding.wrong is None else f"{found}\n[red]{finding.wrong}[/]",
        )
    console.print(table)
    for row in outcome.strangers:
        console.print(f"[red]nobody of the lab: {row['remote_address']}:{row['remote_port']}[/]")
    console.print(outcome.said.summary(), highlight=False)


def _quiet(_progress: Report) -> None:
    """Show no progress: this goes to logs."""


if __name__ == "__main__":
    run_lab(__doc__, run_all)
