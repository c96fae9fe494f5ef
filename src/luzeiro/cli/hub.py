"""`luzeiro hub`: take segments from collectors elsewhere, over HTTPS."""

import asyncio
import contextlib
import secrets
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from aiohttp import web
from cryptography import x509

from luzeiro.cli.home import current_home
from luzeiro.cli.intake import take_in_waiting
from luzeiro.cli.output import Output, emit
from luzeiro.hub.certificate import make_certificate, pin_of
from luzeiro.hub.hub import Hub
from luzeiro.hub.ledger import in_time
from luzeiro.hub.server import HubServer, ServeError, tls
from luzeiro.hub.wire import Ticket, spelled_holes

app = typer.Typer(help="Take segments from collectors elsewhere.", no_args_is_help=True)

_STORE_EVERY_S = 10.0  # the store takes in what was admitted

_CertificateOption = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="A certificate (PEM); else one of its own."),
]


@app.command("serve")
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "0.0.0.0",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any.")] = 8443,
    certificate: _CertificateOption = None,
    key: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The certificate's key (PEM).")
    ] = None,
) -> None:
    """Take segments until told to stop (SIGTERM, Ctrl-C).

    What is taken in is in the log at once, and in the store soon after. Exit status 2: the port is
    in use, or the certificate cannot be read.
    """
    if (certificate is None) != (key is None):
        raise typer.BadParameter("--certificate and --key go together")
    with _hub() as hub:
        if certificate is None or key is None:
            certificate, key = make_certificate(hub.folder, socket.gethostname(), datetime.now(UTC))
        asyncio.run(_serve(hub, host, port, certificate, key))
    take_in_waiting(current_home())


async def _serve(hub: Hub, host: str, port: int, certificate: Path, key: Path) -> None:
    server = HubServer(hub, report=lambda told: typer.echo(f"luzeiro: {told}", err=True))
    runner = web.AppRunner(server.application(), access_log=None)
    await runner.setup()
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        site = web.TCPSite(runner, host, port, ssl_context=tls(certificate, key))
        try:
            await site.start()
        except OSError as error:
            raise ServeError(
                f"{host}:{port} cannot be listened on: {error.strerror or error}. Name another "
                "address or port (--host, --port)."
            ) from error
        _, bound = runner.addresses[0][:2]
        typer.echo(f"luzeiro: taking segments at https://{host}:{bound}", err=True)
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _STORE_EVERY_S)
            if not stop.is_set():
                await asyncio.to_thread(take_in_waiting, current_home())
    finally:
        await runner.cleanup()


@app.command("ticket")
def ticket(
    label: Annotated[str, typer.Argument(help="What to call the collector.")],
    url: Annotated[str, typer.Option(help="Where the collector reaches this hub: https://…")],
    hours: Annotated[float, typer.Option(min=0.01, help="How long it is good.")] = 72.0,
    certificate: _CertificateOption = None,
    public: Annotated[
        bool,
        typer.Option("--public", help="The certificate is a public authority's: pin nothing."),
    ] = False,
) -> None:
    """Print a ticket with which one collector can enrol, once. Hand it over as you would a key."""
    at = urlsplit(url)
    if at.scheme != "https" or not at.hostname or at.path.strip("/"):
        raise typer.BadParameter(f"--url: {url!r} is not https://host or https://host:port")
    if not label.strip() or not label.isprintable():
        raise typer.BadParameter("the label must be one line of text")
    with _hub() as hub:
        now = datetime.now(UTC)
        path = certificate or make_certificate(hub.folder, at.hostname, now)[0]
        pin = "" if public else pin_of(x509.load_pem_x509_certificate(path.read_bytes()))
        secret = secrets.token_urlsafe(24)
        hub.ledger.add_ticket(secret, label.strip(), in_time(now, hours))
        made = Ticket(url.rstrip("/"), pin, str(hub.log.key), secret, label.strip())
    typer.echo(str(made))


@app.command("collectors")
def collectors(
    output: Annotated[
        Output, typer.Option(help="For people, or one object a line, or CSV.")
    ] = Output.TEXT,
) -> None:
    """List the enrolled collectors, and what is missing of each one's chain.

    Exit status 1: something is missing.
    """
    with _hub() as hub:
        standings = hub.ledger.standings()
    rows = [
        {
            "label": one.enrolled.label,
            "collector": one.enrolled.collector,
            "enrolled_at": one.enrolled.enrolled_at,
            "segments": one.segments,
            "sightings": one.sightings,
            "last_sequence": one.last_sequence,
            "missing": spelled_holes(one.missing) or None,
        }
        for one in standings
    ]
    names = (
        "label",
        "collector",
        "enrolled_at",
        "segments",
        "sightings",
        "last_sequence",
        "missing",
    )
    emit(rows, names, output)
    raise typer.Exit(1 if any(one.missing for one in standings) else 0)


@contextmanager
def _hub() -> Iterator[Hub]:
    with closing(Hub(current_home().hub)) as hub:
        yield hub
