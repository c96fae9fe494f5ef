"""`luzeiro leads`: bring the portal's leads up to date with the sightings."""

from typing import Annotated

import typer

from luzeiro.cli.home import current_home
from luzeiro.cli.portal import lay_casework

app = typer.Typer(help="Leads, made from sightings.", no_args_is_help=True)


@app.callback()
def _leads() -> None:
    """Leads, made from sightings."""


@app.command("build")
def build(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read every segment again, not only new ones.")
    ] = False,
) -> None:
    """Follow new segments, recall what was withdrawn, rank anew. `luzeiro serve` does it too."""
    words = ["leads", *(["--rebuild"] if rebuild else [])]
    typer.echo(lay_casework(current_home(), *words).strip())
