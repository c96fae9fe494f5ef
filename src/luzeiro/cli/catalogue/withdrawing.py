"""`luzeiro catalogue withdraw` and `recall`: taking a word back, and what rested on it."""

from dataclasses import asdict
from typing import Annotated

import typer

from luzeiro.catalogue.recall import Affected, affected_by, rested_on
from luzeiro.catalogue.store import open_catalogue
from luzeiro.catalogue.withdrawing import withdraw_revision, withdraw_source, withdraw_vote
from luzeiro.cli.catalogue.indexing import refresh_indexes
from luzeiro.cli.catalogue.options import Reason, Who, by
from luzeiro.cli.catalogue.resting import hooks
from luzeiro.cli.home import Home, current_home
from luzeiro.cli.output import Output, emit

_COLUMNS = ("what", "number", "at", "entry_id", "category_then", "category_now", "told")


def withdraw(
    vote: Annotated[int | None, typer.Option(help="This one vote.")] = None,
    revision: Annotated[
        int | None, typer.Option(help="This revision: what it brought goes, what it took returns.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="All that this source ever said.")] = None,
    reason: Reason = "",
    made_by: Who = None,
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
) -> None:
    """Take a word back, and list what rested on it. It is a revision: it can be withdrawn too."""
    if [vote, revision, source].count(None) != 2:
        raise typer.BadParameter("name one of --vote, --revision and --source")
    home, who = current_home(), by(made_by, reason)
    with open_catalogue(home.path):
        if vote is not None:
            done = withdraw_vote(vote, who)
        elif revision is not None:
            done = withdraw_revision(revision, who)
        else:
            assert source is not None
            done = withdraw_source(source, who)
        refresh_indexes(home)
        typer.echo(
            f"revision {done.revision}: {done.votes} votes taken back, {done.restored} restored, "
            f"{done.names} identifiers fell away, {done.merges} merges undone",
            err=True,
        )
        _report(home, done.revision, output)


def recall(
    revision: Annotated[int, typer.Argument(help="A withdrawal, or any other revision.")],
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
) -> None:
    """List what rested on what a revision took back, as things stand now."""
    home = current_home()
    with open_catalogue(home.path):
        _report(home, revision, output)


def _report(home: Home, revision: int, output: Output) -> None:
    files = fallen = names = 0
    for one in affected_by(revision):
        files += 1
        fallen += one.watched_before and not one.watched_now
        names += len(one.lost)
        if files <= _SHOWN and one.falls:
            typer.echo(_told(one), err=True)
    with hooks(home) as asked:
        count = emit(map(asdict, rested_on(revision, asked)), _COLUMNS, output)
    typer.echo(
        f"{files} files touched, {fallen} no longer looked for, {names} identifiers lost, "
        f"{count} records rested on them",
        err=True,
    )


_SHOWN = 20


def _told(one: Affected) -> str:
    lost = f", lost {', '.join(name.shortened() for name in one.lost)}" if one.lost else ""
    before, now = one.category_before or "none", one.category_now or "none"
    return f"entry {one.entry_id}: category {before} before, {now} now{lost}"
