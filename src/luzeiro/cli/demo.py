"""`luzeiro demo`: an invented sample to look at, loaded and removed without a trace."""

from typing import Annotated

import typer

from luzeiro.cli.home import current_home
from luzeiro.cli.output import Output, emit
from luzeiro.cli.portal import lay_casework, run_portal

app = typer.Typer(
    help="Invented units, officers and leads, to look at in a home that is not in use.",
    no_args_is_help=True,
)


@app.command("load")
def load() -> None:
    """Load the sample. Running it again changes nothing."""
    lay_casework(current_home(), "sample", "load")
    typer.echo("The sample is loaded. Next: 'luzeiro demo links' and 'luzeiro serve'.")


@app.command("remove")
def remove() -> None:
    """Remove all of the sample; what is real stays."""
    lay_casework(current_home(), "sample", "remove")
    typer.echo("The sample is gone.")


@app.command("play")
def play(
    minutes: Annotated[
        float, typer.Option(help="How long the day lasts.", min=0.0, max=600.0)
    ] = 3.0,
) -> None:
    """Play the sample's operation: watch its board, and take its communiqué at the end."""
    typer.echo("Preparing the targets; then the day begins.", err=True)
    told = run_portal(current_home(), "play", "--seconds", str(60 * minutes))
    typer.echo(told.strip())


@app.command("links")
def links(
    output: Annotated[Output, typer.Option(help="How results are written.")] = Output.TEXT,
) -> None:
    """Print one-time sign-in paths for sample officers; each call makes new ones."""
    told = run_portal(current_home(), "sample", "links").splitlines()
    rows = [dict(zip(("role", "path"), line.split(), strict=True)) for line in told]
    emit(rows, ("role", "path"), output)
