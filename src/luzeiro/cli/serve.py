"""`luzeiro serve`: the portal under a production server; leads kept up to date and the journal
carried beside it.
"""

import contextlib
import ipaddress
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.cli.home import Home, current_home
from luzeiro.cli.journal import carry_journal
from luzeiro.cli.portal import PortalError, lay_casework, portal_environment, run_portal

MOST_WORKERS = 8  # each is a process of its own; a page is one processor's work
# Of each worker. A board's screen keeps one for as long as its stream lives: fifty, and others.
THREADS = 96


def serve(
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.", min=1, max=65_535)] = 8443,
    certificate: Annotated[
        Path | None, typer.Option(help="PEM file of the certificate and its chain.", dir_okay=False)
    ] = None,
    key: Annotated[Path | None, typer.Option(help="PEM file of its key.", dir_okay=False)] = None,
    names: Annotated[
        str, typer.Option(help="Host names under which it is reached, separated by commas.")
    ] = "",
    without_tls: Annotated[
        bool, typer.Option("--without-tls", help="Plain HTTP, on a loopback address only.")
    ] = False,
    workers: Annotated[
        int, typer.Option(help="Processes that answer; 0: one a core, eight at most.", min=0)
    ] = 0,
    every: Annotated[
        int, typer.Option(help="Seconds between updates of leads and log; 0: never.", min=0)
    ] = 60,
) -> None:
    """Serve the portal until told to stop (Ctrl-C)."""
    home = current_home()
    secure = _secure(host, certificate, key, without_tls=without_tls)
    lay_casework(home)
    environment = portal_environment(home)
    environment["LUZEIRO_HOSTS"] = names or ",".join({host, "localhost", "127.0.0.1"})
    if not secure:
        environment["LUZEIRO_PLAIN_HTTP"] = "1"
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", host,
        "--port", str(port), "--workers", str(workers or min(os.cpu_count() or 1, MOST_WORKERS)),
        "--blocking-threads", str(THREADS),
        *secure, "luzeiro.portal.wsgi:application",
    ]  # fmt: skip
    typer.echo(f"The portal is at {'https' if secure else 'http'}://{host}:{port}/", err=True)
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell's background ignores SIGINT
        signal.signal(number, _stop)
    server = subprocess.Popen(command, env=environment)
    try:
        status = _beside(server, home, every)
    except KeyboardInterrupt:
        status = 0
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.kill()
    raise typer.Exit(status)


def _beside(server: subprocess.Popen[bytes], home: Home, every: int) -> int:
    """Update leads and carry the journal now and then while the server runs; gives its status."""
    while True:
        try:
            return server.wait(every or None)
        except subprocess.TimeoutExpired:
            _told("leads are not up to date", lambda: run_portal(home, "leads"))
            _told("the journal waits to be carried", lambda: carry_journal(home))


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _told(what: str, turn: Callable[[], object]) -> None:
    """Do what is done now and then; the portal goes on where it fails."""
    try:
        turn()
    except PortalError as error:
        typer.echo(f"luzeiro: {what}: {error}", err=True)


def _secure(
    host: str, certificate: Path | None, key: Path | None, *, without_tls: bool
) -> list[str]:
    """The server's words for TLS; none for plain HTTP on loopback."""
    if without_tls:
        if not _is_loopback(host):
            raise PortalError(f"{host} is not a loopback address: plain HTTP would be read there.")
        return []
    if certificate is None or key is None:
        raise PortalError(
            "Give --certificate and --key, or --without-tls to serve this machine alone."
        )
    for path in (certificate, key):
        if not os.access(path, os.R_OK):
            raise PortalError(f"{path} cannot be read.")
    return [
        "--ssl-certificate", str(certificate), "--ssl-keyfile", str(key),
        "--ssl-protocol-min", "tls1.3",
    ]  # fmt: skip


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
