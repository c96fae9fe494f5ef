"""What the labs in network namespaces share: several runs, a folder, an end that is told."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from rich.console import Console

from lab.children import ChildError, end_on_sigterm


class Outcome(Protocol):
    """What one run came to."""

    @property
    def passed(self) -> bool:
        """Whether it found the truth and said nothing that may not be said."""
        ...


Each = TypeVar("Each", bound=Outcome)


def run_lab(about: str | None, run_all: Callable[[Path, int, Console], list[Each]]) -> None:
    """Read the command line, let `run_all` do the runs in a folder of their own, and exit.

    The status is 0 if every run passed, 1 if one did not, 2 if the lab could not go on.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep homes and captures")
    options = parser.parse_args()
    end_on_sigterm()
    console = Console()
    folder = Path(tempfile.mkdtemp(prefix="luzeiro-lab-"))
    folder.chmod(0o755)  # not every client is root
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


def repeat(
    runs: int, console: Console, once: Callable[[int], Each], show: Callable[[Each], None]
) -> list[Each]:
    """Do the runs, number by number from 1, show each one, and tell how many passed."""
    outcomes, began_at = list[Each](), time.monotonic()
    for number in range(1, runs + 1):
        run_at = time.monotonic()
        console.rule(f"run {number} of {runs}")
        outcomes.append(once(number))
        show(outcomes[-1])
        console.print(f"[dim]{time.monotonic() - run_at:.0f} s[/]", highlight=False)
    console.rule()
    console.print(
        f"{sum(outcome.passed for outcome in outcomes)} of {runs} runs found the truth and said "
        f"nothing else, in {time.monotonic() - began_at:.0f} s.",
        highlight=False,
    )
    return outcomes
