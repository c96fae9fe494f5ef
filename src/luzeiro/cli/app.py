"""The `luzeiro` command: one noun per module, and one place where errors become clear lines."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from luzeiro import __version__
from luzeiro.cli import (
    asking,
    catalogue,
    collect,
    demo,
    doctor,
    evidence,
    hub,
    init,
    journal,
    leads,
    places,
    serve,
    sightings,
    spool,
    tracker,
    upkeep,
    verify,
)
from luzeiro.cli.faults import explain
from luzeiro.cli.home import HOME_VARIABLE, choose_home

app = typer.Typer(
    name="luzeiro",
    help="Records who states that they share files which vetted bodies have categorised. "
    "It observes only: it requests no content, announces nothing, and searches for no words.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("init")(init.init)
app.add_typer(catalogue.app, name="catalogue")
app.add_typer(collect.app, name="collect")
app.add_typer(demo.app, name="demo")
app.add_typer(evidence.app, name="evidence")
app.add_typer(hub.app, name="hub")
app.add_typer(journal.app, name="journal")
app.add_typer(leads.app, name="leads")
app.add_typer(places.app, name="places")
app.command("serve")(serve.serve)
app.add_typer(spool.app, name="spool")
sightings.app.add_typer(asking.app, name="ask")
app.add_typer(upkeep.add_to(sightings.app), name="sightings")
app.add_typer(tracker.app, name="tracker")
app.command("verify")(verify.verify)
app.command("doctor")(doctor.doctor)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"luzeiro {__version__}")
        raise typer.Exit


@app.callback()
def root(
    home: Annotated[
        Path | None,
        typer.Option(
            help=f"The folder that holds all state; else {HOME_VARIABLE}, else ~/.luzeiro."
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - typer calls it for its effect
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which this is."),
    ] = False,
) -> None:
    """Take what holds for every noun."""
    choose_home(home)


def main() -> None:
    """Run the command; what went wrong becomes one line on stderr and exit status 2."""
    try:
        app()
    except Exception as error:
        told = explain(error)
        if told is None:
            raise  # ours: a traceback is what we need to mend it
        typer.echo(f"luzeiro: {told}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
