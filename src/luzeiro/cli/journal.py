"""`luzeiro journal`: carry it into the evidence log, and check that nobody changed it since."""

import json
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from luzeiro.cli.home import Home, current_home
from luzeiro.cli.output import Output, emit
from luzeiro.cli.portal import lay_casework, run_portal
from luzeiro.evidence.audit import audit
from luzeiro.hub.hub import Hub

app = typer.Typer(help="The journal of what officers do.", no_args_is_help=True)


@app.command("carry")
def carry() -> None:
    """Carry entries into the evidence log, each once, in order. `luzeiro serve` does it too."""
    home = current_home()
    lay_casework(home)
    typer.echo(f"{carry_journal(home)} entries carried.")


def carry_journal(home: Home) -> int:
    """Carry what waits; says how many entries.

    Raises:
        PortalError: the journal or the log cannot be used.
    """
    return int(json.loads(run_portal(home, "journal", "carry"))["carried"])


@app.command("check")
def check(
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option(
            "--checkpoint",
            exists=True,
            dir_okay=False,
            help="A head of the log that was kept elsewhere; repeatable.",
        ),
    ] = None,
    output: Annotated[
        Output, typer.Option(help="For people, or one object a line, or CSV.")
    ] = Output.TEXT,
) -> None:
    """Compare the journal with what the log has of it, and audit the log.

    Exit status 1: an entry was changed, removed or put in between, or the log does not hold.
    """
    home = current_home()
    lay_casework(home)
    told: dict[str, Any] = json.loads(run_portal(home, "journal", "check"))
    rows = [
        {"entry": one["entry"], "log_index": one["log_index"], "finding": one["told"]}
        for one in told["findings"]
    ]
    if (home.hub / "key").exists():
        with closing(Hub(home.hub)) as hub:
            found = audit(hub.log, [one.read_bytes() for one in checkpoints or ()])
        rows += [{"entry": None, "log_index": None, "finding": fault} for fault in found.faults]
    if rows or output is not Output.TEXT:
        emit(rows, ("entry", "log_index", "finding"), output)
    verdict = f"{len(rows)} findings" if rows else "all are as they were carried"
    typer.echo(f"{told['carried']} entries carried, {told['waiting']} wait: {verdict}", err=True)
    if not checkpoints:
        typer.echo(
            "luzeiro: whoever owns this machine can rewrite the log too: bring a head that was "
            "kept elsewhere (--checkpoint FILE).",
            err=True,
        )
    raise typer.Exit(1 if rows else 0)
