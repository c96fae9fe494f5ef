"""What waits in the spool goes on: into the hub's log and the store of this home, or to a hub
elsewhere that this collector enrolled with.
"""

import shutil
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import typer
from django.db import DatabaseError

from luzeiro.catalogue import full_disk
from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.judging import judge_files
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.collector import collector_signer, has_collector
from luzeiro.cli.home import Home
from luzeiro.cli.placing import placing
from luzeiro.cli.store import open_store
from luzeiro.collector import enrolment as enrolments
from luzeiro.collector.enrolment import Enrolment, EnrolmentError
from luzeiro.collector.state import StateError
from luzeiro.collector.uploader import Sent, Uploader
from luzeiro.evidence.durable import lay_folder
from luzeiro.evidence.log import LogError
from luzeiro.evidence.receipts import ReceiptError
from luzeiro.evidence.signer import KeyFileError
from luzeiro.hub.handover import HandOver, hand_over
from luzeiro.hub.hub import Hub
from luzeiro.observations.segment import waiting_in
from luzeiro.sightings.intake import Intake, IntakeReport
from luzeiro.sightings.opening import check_current
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreError

_AWAY = 75  # exit status: a hub that is away (EX_TEMPFAIL, sysexits.h)
_AGAIN_AFTER_S = 30.0  # a hub that was away is asked again
_away_until: dict[Path, float] = {}  # by home; monotonic seconds
_TOLD = (
    *(CatalogueError, EnrolmentError, KeyFileError, LogError, ReceiptError, StateError),
    *(StoreError, OSError),
)
_PATIENCE_S = 2.0  # a collector has something better to do than to wait


def take_in(home: Home, store: SqlStore) -> IntakeReport:
    """Take in what waits, into a store that is open; say on stderr what was set aside.

    The hub admits it first: each segment is checked whole, logged and receipted before the store
    sees it. What is not taken in waits for the next time.

    Raises:
        StoreError: the store fails.
        CatalogueError: the catalogue cannot be asked.
        LogError, ReceiptError: the hub's log is damaged.
    """
    admit_waiting(home)
    with open_catalogue(home.path):
        intake = Intake(
            store,
            spool=home.admitted,
            segments=home.segments,
            verdicts=judge_files,
            now=lambda: datetime.now(UTC),
            places=placing(home),
            still_there=lambda: check_current(home.path, store),
            free_bytes=lambda: shutil.disk_usage(home.path).free,
        )
        try:
            report = intake.run()
        except DatabaseError as error:
            if full_disk.is_full_disk(error, home.catalogue):
                raise CatalogueError(full_disk.told(home.catalogue)) from error
            raise CatalogueError(f"{home.catalogue} cannot be read ({error}).") from error
    for damaged in report.damaged:
        typer.echo(f"luzeiro: {damaged.why}", err=True)
    return report


def admit_waiting(home: Home) -> HandOver:
    """Let this home's hub admit what waits in its spool; say on stderr what it refused.

    A collector that sends to a hub elsewhere keeps its spool for that.

    Raises:
        LogError, ReceiptError: the hub's log is damaged.
    """
    if enrolments.load(home.collector) is not None or not waiting_in(home.spool):
        lay_folder(home.admitted)
        return HandOver()
    with closing(Hub(home.hub)) as hub:
        if has_collector(home):
            signer = collector_signer(home)
            collector = signer.name.rpartition("/")[2]
            hub.enrol(collector, signer.key, "this machine", datetime.now(UTC))
        done = hand_over(hub, home.spool)
    for refused in done.set_aside:
        typer.echo(f"luzeiro: {refused.told}", err=True)
    return done


def send_waiting(home: Home, enrolment: Enrolment) -> Sent:
    """Send what waits to the hub; say on stderr what came of it, where it is not good.

    Raises:
        ReceiptError: the hub does not show what it must.
    """
    with closing(Uploader(enrolment, home.collector)) as uploader:
        sent = uploader.send_waiting(home.spool)
    for refused in sent.refused:
        typer.echo(f"luzeiro: {refused.told}", err=True)
    if sent.missing:
        typer.echo(f"luzeiro: the hub misses segments {sent.missing} of this collector.", err=True)
    if sent.stopped:
        waits = f"{sent.waiting} segments wait in {home.spool}"
        typer.echo(f"luzeiro: {sent.stopped}; {waits}.", err=True)
    return sent


def take_in_waiting(home: Home, *, after_s: float = 0.0) -> None:
    """Take in what waits, in a process of its own; what goes wrong is said on stderr.

    For a collector at work, which goes on whatever the store or the catalogue is up to. A process
    of its own, because the engine leaves about 4 MB behind each time that it is opened, and holds
    280 MB while it is open. It costs 0.7 s of processor time, mostly to start.

    Args:
        home: whose spool and store.
        after_s: only once a segment has waited this long.
    """
    if not _something_waits(home, after_s) or time.monotonic() < _away_until.get(home.path, 0.0):
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
    if status == _AWAY:
        _away_until[home.path] = time.monotonic() + _AGAIN_AFTER_S
    elif status:
        _say(home, f"The intake ended with status {status}.")


def main() -> None:
    """Be that process."""
    home = Home(Path(sys.argv[1]))
    try:
        if (enrolment := enrolments.load(home.collector)) is not None:
            sys.exit(_AWAY if send_waiting(home, enrolment).stopped else 0)
        with open_store(home, wait_s=_PATIENCE_S) as store:
            take_in(home, store)
    except _TOLD as error:
        _say(home, str(error))


def _something_waits(home: Home, after_s: float) -> bool:
    if waiting_in(home.admitted) or waiting_in(home.admitted / "taking"):
        return True
    with suppress(FileNotFoundError):  # another process took it in
        for oldest in waiting_in(home.spool)[:1]:
            return time.time() - oldest.stat().st_mtime >= after_s
    return False


def _say(home: Home, what: str) -> None:
    typer.echo(f"luzeiro: {what} Sealed sightings wait in {home.spool}.", err=True)


if __name__ == "__main__":
    main()
