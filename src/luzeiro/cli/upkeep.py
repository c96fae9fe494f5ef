"""`luzeiro sightings`, the store itself: serve, ask, rebuild, move, back up, restore, forget."""

import getpass
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.catalogue.judging import judge_files
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import Home, current_home
from luzeiro.cli.intake import take_in
from luzeiro.cli.moments import parse_moment
from luzeiro.cli.output import Output, emit
from luzeiro.cli.placing import placing
from luzeiro.cli.progress import bar
from luzeiro.cli.store import WAIT_S, open_store
from luzeiro.sightings import copying, rebuild, retention
from luzeiro.sightings.backup import Shelf, back_up, restore
from luzeiro.sightings.cluster import ClusterEngine
from luzeiro.sightings.cluster_config import read_cluster
from luzeiro.sightings.intake import alone
from luzeiro.sightings.lock import store_lock
from luzeiro.sightings.measures import as_prometheus, measure
from luzeiro.sightings.opening import CLUSTER, LOCK, SOCKET, check_current, own_store_in
from luzeiro.sightings.questions import RestingOn
from luzeiro.sightings.retention import Recalled, Removal, TooOld
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import StoreError

OutputOption = Annotated[Output, typer.Option(help="For people, or one object a line, or CSV.")]
_METRICS = "metrics.prom"


def add_to(app: typer.Typer) -> typer.Typer:
    """Add these commands to the noun that they belong to."""
    commands: tuple[Callable[..., None], ...] = (
        serve, metrics, rebuild_store, move, backup, restore_store, forget,
    )  # fmt: skip
    for command in commands:
        name = command.__name__.removesuffix("_store")
        app.command(name)(command)
    return app


def serve(
    every: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="How often the spool is looked at.")
    ] = 5.0,
) -> None:
    """Own the store: take in what waits, and answer the other commands, until told to stop.

    They work without this too; with it, none waits for another. Exit status 2: another process has
    the store.
    """
    home = current_home()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with own_store_in(home.path, wait_s=1.0) as store:
        typer.echo(f"Serving the store at {home.path / SOCKET}.", err=True)
        while not over.is_set():
            try:
                report = take_in(home, store)
                if report.segments:
                    typer.echo(f"Took in {report.sightings} sightings.", err=True)
            except StoreError as error:
                typer.echo(f"luzeiro: {error}", err=True)  # what waits goes on waiting
            _write_metrics(home, store)
            over.wait(every)


def metrics() -> None:
    """Print what there is to watch, as Prometheus text; `serve` keeps it in metrics.prom."""
    home = current_home()
    with open_store(home) as store:
        typer.echo(_metrics_text(home, store), nl=False)


def rebuild_store(output: OutputOption = Output.TEXT) -> None:
    """Make the store anew from the segments: by today's catalogue and tables of places.

    A cluster's goes into a database of its own, which cluster.toml then names; stderr says which
    one can be dropped. Exit status 1: a segment was damaged and is left out. 2: another process has
    the store.
    """
    home = current_home()
    waiting = len(rebuild.kept_in(home.segments))
    of_cluster = (home.path / CLUSTER).exists()
    with (
        alone(home.admitted) if of_cluster else store_lock(home.path / LOCK, wait_s=WAIT_S),
        open_catalogue(home.path),
        bar(f"{waiting} segments", None) as step,
    ):
        now, places = datetime.now(UTC), placing(home)
        if of_cluster:
            report, old = rebuild.rebuild_cluster(
                home.path / CLUSTER, home.segments, verdicts=judge_files, now=now, places=places,
                on_sightings=step,
            )  # fmt: skip
        else:
            report = rebuild.rebuild(
                home.store, home.segments, verdicts=judge_files, now=now, places=places,
                on_sightings=step,
            )  # fmt: skip
    if of_cluster:
        typer.echo(
            f"The old store is as it was. Once the new one is seen to be good, on each server: "
            f"DROP DATABASE {old.database}",
            err=True,
        )
    for damaged in report.damaged:
        typer.echo(f"luzeiro: {damaged.why}", err=True)
    told = {
        "segments": report.segments,
        "sightings": report.sightings,
        "without_entry": report.without_entry,
        "damaged": len(report.damaged),
    }
    emit([told], tuple(told), output)
    raise typer.Exit(1 if report.damaged else 0)


def move(
    to: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, metavar="CLUSTER.TOML", help="Where to."),
    ],
    output: OutputOption = Output.TEXT,
) -> None:
    """Copy this home's store to a cluster and check it; the store here stays as it is.

    Run it again after an interruption. Copy the file into the home as cluster.toml to work with the
    cluster from then on.
    """
    home = current_home()
    if (home.path / CLUSTER).exists():
        raise StoreError(f"{home.path / CLUSTER} says that this home's store is a cluster already.")
    target = SqlStore(ClusterEngine(read_cluster(to)))
    with open_store(home) as source, target:
        total = sum(count for count, _ in copying.partitions(source).values())
        with bar("moving", total) as step:
            moved = copying.move(source, target, step)
    emit([{"sightings": moved}], ("sightings",), output)


def backup(
    to: Annotated[str, typer.Argument(metavar="FOLDER_OR_S3_URI")],
    output: OutputOption = Output.TEXT,
) -> None:
    """Write the store into a folder or an S3-compatible store. Copy the segments as files."""
    with open_store(current_home()) as store:
        total = sum(count for count, _ in copying.partitions(store).values())
        with bar("backing up", total) as step:
            count = back_up(store, Shelf(to), datetime.now(UTC), step)
    emit([{"sightings": count}], ("sightings",), output)


def restore_store(
    source: Annotated[str, typer.Argument(metavar="FOLDER_OR_S3_URI")],
    output: OutputOption = Output.TEXT,
) -> None:
    """Take a backup into an empty store. Every file is checked before anything is done."""
    with open_store(current_home()) as store, bar("restoring", None) as step:
        count = restore(store, Shelf(source), step)
    emit([{"sightings": count}], ("sightings",), output)


def forget(
    purpose: Annotated[str, typer.Option(help="Why, for those who read the journal.")],
    before: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="What was seen before then: 2026-01-01, 730d."),
    ] = None,
    entry: Annotated[
        list[int] | None,
        typer.Option(min=0, help="What rests on the votes for this entry. May be repeated."),
    ] = None,
    before_revision: Annotated[
        int | None, typer.Option(min=0, help="With --entry: under revisions before this one only.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how many; remove none.")] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """Remove sightings for their age or by recall; removals.jsonl among the segments tells of it.

    Age also removes the files of segments that are wholly older. A rebuild removes the same again.
    """
    home, now = current_home(), datetime.now(UTC)
    removal = _removal(before, entry, before_revision, now)
    with ExitStack() as held, open_store(home) as store:
        if dry_run:
            told = {"sightings": retention.count(store, removal), "segments": 0}
        else:
            # No intake meanwhile, which would bring in again what is removed; no rebuild either.
            held.enter_context(alone(home.admitted))
            check_current(home.path, store)
            done = retention.remove(
                store, home.segments, removal, by=getpass.getuser(), purpose=purpose, now=now
            )
            told = {"sightings": done.sightings, "segments": done.segments}
    emit([told], tuple(told), output)


def _removal(
    before: str | None, entries: list[int] | None, before_revision: int | None, now: datetime
) -> Removal:
    if (before is None) == (not entries):
        raise _refused("say --before WHEN, or --entry N; one of the two.")
    if entries:
        return Recalled(RestingOn(tuple(entries), before_revision=before_revision))
    assert before is not None
    try:
        return TooOld(parse_moment(before, now))
    except ValueError as error:
        raise _refused(f"--before: {error}.") from error


def _write_metrics(home: Home, store: SqlStore) -> None:
    beside = home.path / f"{_METRICS}.writing"
    beside.write_text(_metrics_text(home, store))
    beside.replace(home.path / _METRICS)


def _metrics_text(home: Home, store: SqlStore) -> str:
    told = measure(store, home=home.path, spool=home.spool, now=datetime.now(UTC))
    return as_prometheus(told)


def _refused(told: str) -> typer.Exit:
    typer.echo(f"luzeiro: {told}", err=True)
    return typer.Exit(2)
