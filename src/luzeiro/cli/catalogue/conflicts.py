"""`luzeiro catalogue conflicts`: what contradicts the catalogue, and what a curator decides."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from luzeiro.catalogue.conflicts import merges, resolve, unmerge, waiting
from luzeiro.catalogue.models import Conflict
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.catalogue.indexing import refresh_indexes
from luzeiro.cli.catalogue.options import Reason, Who, by
from luzeiro.cli.home import current_home
from luzeiro.cli.output import Output, emit

app = typer.Typer(help="The queue of contradictions, and merges.", invoke_without_command=True)


class Decision(StrEnum):
    """What a curator can decide about a row."""

    DISMISSED = "dismissed"
    SEPARATE = "separate"
    JOINED = "joined"


@app.callback()
def list_conflicts(
    context: typer.Context,
    resolved: Annotated[
        bool, typer.Option("--all", help="Those that are decided as well.")
    ] = False,
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
) -> None:
    """List what waits for a decision."""
    if context.invoked_subcommand is not None:
        return
    home = current_home()
    whole = output is not Output.TEXT
    columns = (
        *("conflict", "kind", "entry_id", "told", "source", "list_revision", "at"),
        *("category", "size_bytes", "identifiers", "outcome", "raised_at"),
    )
    with open_catalogue(home.path):
        rows = (
            {
                **asdict(one),
                "identifiers": [
                    str(name) if whole else name.shortened() for name in one.identifiers
                ],
            }
            for one in waiting(resolved=resolved)
        )
        emit(rows, columns, output)


@app.command("resolve")
def resolve_conflict(
    conflict: Annotated[int, typer.Argument(help="Its number.")],
    decision: Annotated[
        Decision,
        typer.Option(
            "--as",
            help="dismissed: the row is wrong. separate: it is another file. "
            "joined: it is this file all the same (two sizes only).",
        ),
    ],
    reason: Reason = "",
    made_by: Who = None,
) -> None:
    """Decide a conflict. The decision is a revision, which can be withdrawn."""
    home = current_home()
    with open_catalogue(home.path):
        revision = resolve(conflict, Conflict.Outcome(decision), by(made_by, reason))
        refresh_indexes(home)
    typer.echo(f"conflict {conflict}: {decision} (revision {revision})")


@app.command("merges")
def list_merges(
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
) -> None:
    """List the merges that stand: entries that a list's row named together."""
    home = current_home()
    with open_catalogue(home.path):
        emit(
            map(asdict, merges()),
            ("merge", "one", "other", "source", "revision", "made_at"),
            output,
        )


@app.command("unmerge")
def undo_merge(
    merge: Annotated[int, typer.Argument(help="Its number.")],
    reason: Reason = "",
    made_by: Who = None,
) -> None:
    """Undo a merge: the entries are two files from now on. It can be withdrawn as well."""
    home = current_home()
    with open_catalogue(home.path):
        revision = unmerge(merge, by(made_by, reason))
        refresh_indexes(home)
    typer.echo(f"merge {merge} undone (revision {revision})")
