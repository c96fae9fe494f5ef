"""`make lab`: Debian's clients in network namespaces, a collector, and who was found.

Needs root and the packages that .ci/run installs. Ends with status 0 if every run found the truth
and said nothing that may not be said::

    python -m lab.namespaces [--runs N] [--keep]
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from rich.console import Console

from lab import table
from lab.children import ChildError, Children, end_on_sigterm
from lab.collector import Report
from lab.namespaces.network import Network
from lab.namespaces.run import Outcome, run
from lab.namespaces.scene import Scene

SWARMS = 3  # a client may miss its moment to tell the DHT of itself, and then waits for long


class NoSwarmError(ChildError):
    """The clients did not come together: nothing was looked for yet."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep homes and captures")
    options = parser.parse_args()
    end_on_sigterm()
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="luzeiro-lab-"))
    folder.chmod(0o755)  # the tracker is not root
    try:
        outcomes = run_all(folder, options.runs, console)
    except ChildError as error:
        console.print(f"[bold red]The lab cannot go on.[/] {error}", highlight=False)
        sys.exit(2)
    except KeyboardInterrupt:
        console.print("Stopped. Nothing is left running.")
        sys.exit(130)
    finally:
        if options.keep:
            console.print(f"Homes and captures are kept in {folder}", highlight=False)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if all(outcome.passed for outcome in outcomes) else 1)


def run_all(folder: Path, runs: int, console: Console) -> list[Outcome]:
    """Set the swarm up once, and let a fresh collector look for it `runs` times.

    Raises:
        ChildError: something does not start, or a command fails.
    """
    for swarm in range(1, SWARMS + 1):
        try:
            return _run_all(_made(folder / f"swarm-{swarm}"), runs, console)
        except NoSwarmError as error:
            if swarm == SWARMS:
                raise
            console.print(f"This swarm did not form ({error}); another is started.")
    raise AssertionError


def _made(folder: Path) -> Path:
    folder.mkdir()
    folder.chmod(0o755)  # the tracker is not root
    return folder


def _run_all(folder: Path, runs: int, console: Console) -> list[Outcome]:
    began_at, outcomes = time.monotonic(), []
    with Network() as network, Children(folder) as children:
        scene = Scene(folder, Random(20))
        console.print("Starting clients, and waiting until the DHT knows them …")
        try:
            scene.start(network, children)
        except ChildError as error:
            raise NoSwarmError(str(error)) from error
        console.print(f"The swarm stands after {time.monotonic() - began_at:.0f} s.")
        for name in scene.left_out:
            console.print(f"[bold yellow]{name}[/] told the DHT nothing, and is left out.")
        for number in range(1, runs + 1):
            run_at = time.monotonic()
            console.rule(f"run {number} of {runs}")
            outcome = run(scene, children, folder / f"run-{number}", _quiet)
            table.show(outcome.judgement, console)
            console.print(outcome.said.summary(), highlight=False)
            console.print(f"[dim]{time.monotonic() - run_at:.0f} s[/]", highlight=False)
            outcomes.append(outcome)
    passed = sum(outcome.passed for outcome in outcomes)
    console.rule()
    console.print(
        f"{passed} of {runs} runs found the truth and said nothing else, "
        f"in {time.monotonic() - began_at:.0f} s.",
        highlight=False,
    )
    return outcomes


def _quiet(_progress: Report) -> None:
    """Show no progress: this goes to logs."""


if __name__ == "__main__":
    main()
