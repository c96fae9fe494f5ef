"""`luzeiro catalogue index`: the matching indexes, which every change keeps up to date."""

from dataclasses import asdict
from typing import Annotated

import typer

from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import Home, current_home
from luzeiro.cli.output import Output, emit
from luzeiro.matching.build import BuildUnderWayError
from luzeiro.matching.index import MatchingIndex
from luzeiro.matching.indexes import index_path, refresh


def index(
    anew: Annotated[
        bool, typer.Option("--anew", help="Build from the catalogue, whatever is there.")
    ] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Read and check every byte.")] = False,
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
) -> None:
    """Bring the matching indexes up to date."""
    home = current_home()
    with open_catalogue(home.path):
        done = refresh(home.matching, anew=anew)
    if verify:
        for one in done:
            MatchingIndex.open(index_path(home.matching, one.kind)).verify()
    emit(map(asdict, done), ("kind", "how", "count"), output)


def refresh_indexes(home: Home) -> None:
    """After a change of the open catalogue. Another process that builds will not miss it for long.

    What cannot be done now is done after the next change, or by `luzeiro catalogue index`.
    """
    try:
        refresh(home.matching)
    except BuildUnderWayError as error:
        typer.echo(
            f"luzeiro: {error} Until then the indexes do not show this change: "
            "run 'luzeiro catalogue index' afterwards.",
            err=True,
        )
