"""`luzeiro spool`: what a collector has sealed and the hub does not have yet."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.cli.collector import collector_signer
from luzeiro.cli.home import current_home
from luzeiro.cli.intake import send_waiting
from luzeiro.cli.output import Output, emit
from luzeiro.collector import enrolment as enrolments
from luzeiro.collector.chain import Chain
from luzeiro.collector.uploader import HubRefusedError, enrol
from luzeiro.hub.wire import Ticket, TicketError
from luzeiro.observations.segment import waiting_in, written

app = typer.Typer(help="What is sealed and not handed over yet.", no_args_is_help=True)


@app.command("enrol")
def enrol_with_hub(
    ticket: Annotated[
        str, typer.Argument(metavar="TICKET", help="As `luzeiro hub ticket` printed it, or @FILE.")
    ],
) -> None:
    """Enrol this collector with a hub. From then on it sends there, and deletes on receipts.

    Exit status 2: the ticket is not good, or the hub cannot be reached.
    """
    home = current_home()
    parsed, signer = Ticket.parse(_text_of(ticket)), collector_signer(home)
    collector = signer.name.rpartition("/")[2]
    enrolments.keep(home.collector, enrol(parsed, collector, signer, written(datetime.now(UTC))))
    typer.echo(f"{parsed.url} took this collector in as {parsed.label!r}.", err=True)


@app.command("send")
def send() -> None:
    """Send what waits, and delete what the hub has shown to be in its log.

    Exit status 1: something still waits or was refused; 2: this collector is not enrolled.
    """
    home = current_home()
    enrolment = enrolments.load(home.collector)
    if enrolment is None:
        raise HubRefusedError("enrolment", "not enrolled with a hub: see 'luzeiro spool enrol'")
    sent = send_waiting(home, enrolment)
    typer.echo(f"{sent.sent} segments sent, {sent.waiting} wait", err=True)
    raise typer.Exit(1 if sent.waiting or sent.refused else 0)


@app.command("status")
def status(
    output: Annotated[
        Output, typer.Option(help="For people, or one object a line, or CSV.")
    ] = Output.TEXT,
) -> None:
    """Say how much waits, for which hub, and where the chain stands."""
    home = current_home()
    enrolment, waiting = enrolments.load(home.collector), waiting_in(home.spool)
    signer = collector_signer(home)
    head = Chain(home.spool, signer, signer.name).head()
    told = {
        "hub": enrolment.url if enrolment else "this home",
        "waiting": len(waiting),
        "waiting_bytes": sum(path.stat().st_size for path in waiting),
        "refused": len(list((home.spool / "refused").glob("*.parquet"))),
        "last_sequence": head.sequence,
        "key": str(signer.key),
    }
    if output is Output.TEXT:
        rows = [{"what": name.replace("_", " "), "told": value} for name, value in told.items()]
        emit(rows, ("what", "told"), output)
    else:
        emit([told], tuple(told), output)


def _text_of(ticket: str) -> str:
    if not ticket.startswith("@"):
        return ticket
    try:
        return Path(ticket[1:]).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise TicketError(f"{ticket[1:]} cannot be read as a ticket: {error}") from error
