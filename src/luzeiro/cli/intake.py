"""The hub's half on one machine: what waits in the spool goes into the store."""

import shutil
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import typer
from django.db import DatabaseError

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.queries import verdicts
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import Home
from luzeiro.cli.placing import placing
from luzeiro.cli.store import open_store
from luzeiro.observations.segment import waiting_in
from luzeiro.sightings.intake import Intake, IntakeReport
from luzeiro.sightings.store import SightingStore, StoreError

_PATIENCE_S = 2.0  # a collector has something better to do than to wait


def take_in(home: Home, store: SightingStore) -> IntakeReport:
    """Take in what waits, into a store that is open; say on stderr what was set aside.

    What is not taken in waits for the next time.

    Raises:
        StoreError: the store fails.
        CatalogueError: the catalogue cannot be asked.
    """
    with open_catalogue(home.path):
        intake = Intake(
            store,
            spool=home.spool,
            segments=home.segments,
            verdicts=verdicts,
            now=lambda: datetime.now(UTC),
            places=placing(home),
            free_bytes=lambda: shutil.disk_usage(home.path).free,
        )
        try:
            report = intake.run()
        except DatabaseError as error:
            raise CatalogueError(f"{home.catalogue} cannot be read ({error}).") from error
    for damaged in report.damaged:
        typer.echo(f"luzeiro: {damaged.why}", err=True)
    return report


def take_in_waiting(home: Home, *, after_s: float = 0.0) -> None:
    """Take in what waits, in a process of its own; what goes wrong is said on stderr.

    For a collector at work, which goes on whatever the store or the catalogue is up to. A process
    of its own, because the engine leaves about 4 MB behind each time that it is opened, and holds
    280 MB while it is open. It costs 0.7 s of processor time, mostly to start.

    Args:
        home: whose spool and store.
        after_s: only once a segment has waited this long.
    """
    if not _something_waits(home, after_s):
        return
    command = [sys.executable, "-m", "luzeiro.cli.intake", str(home.path)]
    try:
        # A session of its own: Ctrl-C is for the collector, which ends when it has sealed.
        status = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=False,
            start_new_session=True,
        ).returncode
    except OSError as error:
        _say(home, f"The intake cannot be started ({error.strerror}).")
        return
    if status:
        _say(home, f"The intake ended with status {status}.")


def main() -> None:
    """Be that process."""
    home = Home(Path(sys.argv[1]))
    try:
        with open_store(home, wait_s=_PATIENCE_S) as store:
            take_in(home, store)
    except (StoreError, CatalogueError, OSError) as error:
        _say(home, str(error))


def _something_waits(home: Home, after_s: float) -> bool:
    if waiting_in(home.spool / "taking"):
        return True
    with suppress(FileNotFoundError):  # another process took it in
        for oldest in waiting_in(home.spool)[:1]:
            return time.time() - oldest.stat().st_mtime >= after_s
    return False


def _say(home: Home, what: str) -> None:
    typer.echo(f"luzeiro: {what} Sealed sightings wait in {home.spool}.", err=True)


if __name__ == "__main__":
    main()
