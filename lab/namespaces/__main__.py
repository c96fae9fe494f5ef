"""`make lab`: Debian's clients in network namespaces, a collector, and who was found.

Needs root and the packages that .ci/run installs. Ends with status 0 if every run found the truth
and said nothing that may not be said::

    python -m lab.namespaces [--runs N] [--keep]
"""

import time
from pathlib import Path
from random import Random

from rich.console import Console

from lab import table
from lab.children import ChildError, Children
from lab.collector import Report
from lab.namespaces.network import Network
from lab.namespaces.run import Outcome, run
from lab.namespaces.scene import Scene
from lab.several import repeat, run_lab

SWARMS = 3  # a client may miss its moment to tell the DHT of itself, and then waits for long


class NoSwarmError(ChildError):
    """The clients did not come together: nothing was looked for yet."""


def run_all(folder: Path, runs: int, console: Console) -> list[Outcome]:
    """Set the swarm up once, and let a fresh collector look for it `runs` times.

    Raises:
        ChildError: something does not start, or a command fails.
    """
    for swarm in range(1, SWARMS):
        try:
            return _run_all(_made(folder / f"swarm-{swarm}"), runs, console)
        except NoSwarmError as error:
            console.print(f"This swarm did not form ({error}); another is started.")
    return _run_all(_made(folder / f"swarm-{SWARMS}"), runs, console)


def _made(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o755)  # the tracker is not root
    return folder


def _run_all(folder: Path, runs: int, console: Console) -> list[Outcome]:
    began_at = time.monotonic()
    with Network() as network, Children(folder) as children:
        scene = Scene(folder, Random(20))
        console.print("Starting clients, and waiting until the DHT knows them …")
        try:
            scene.start(network, children)
        except ChildError as error:
            raise NoSwarmError(str(error)) from error
        console.print(f"The swarm stands after {time.monotonic() - began_at:.0f} s.")

        def once(number: int) -> Outcome:
            return run(scene, children, folder / f"run-{number}", _quiet)

        def show(outcome: Outcome) -> None:
            table.show(outcome.judgement, console)
            console.print(outcome.said.summary(), highlight=False)

        return repeat(runs, console, once, show)


def _quiet(_progress: Report) -> None:
    """Show no progress: this goes to logs."""


if __name__ == "__main__":
    run_lab(__doc__, run_all)
