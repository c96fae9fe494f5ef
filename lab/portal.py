"""The end of the demo: the portal of its home, with the lab's own leads beside the sample."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from rich.console import Console

UP_WITHIN_S = 60.0


def end_in_the_portal(home: Path, console: Console) -> None:
    """Load the sample, make leads of what the collector saw, serve, and say where to look.

    With a person at the terminal it serves until Ctrl-C; else it shows that it could, and stops.
    """
    _luzeiro(home, "demo", "load")
    told = _luzeiro(home, "leads", "build").strip()
    links = [line.split() for line in _luzeiro(home, "demo", "links").splitlines()[1:]]
    play = None
    try:
        with served(home) as (url, server):
            console.print(f"\n[bold]The portal[/] is at {url} ({told})", highlight=False)
            console.print(
                "One-time links, each for one sign-in. The lab's leads lie on no map: the"
            )
            console.print("coordinator sees them, and gives them to a unit.")
            for role, path in links:
                console.print(f"  {role:13} {url}{path}", highlight=False, soft_wrap=True)
            play = _play(home, console)
            if sys.stdin.isatty():
                console.print("Ctrl-C ends it and leaves nothing running.")
                server.wait()
    except KeyboardInterrupt:
        console.print("Stopped.")
    finally:
        if play is not None:
            play.terminate()
            play.wait(20)


@contextmanager
def served(home: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The portal of a home on a port of its own: where it is, and its process, ended at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        [*_command(home), "serve", "--without-tls", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        url = f"http://localhost:{port}"
        _wait(url)
        yield url, server
    finally:
        server.terminate()
        server.wait(20)


def _play(home: Path, console: Console) -> "subprocess.Popen[bytes] | None":
    """Play the sample's operation: beside the portal for who watches, else at once."""
    minutes = "3" if sys.stdin.isatty() else "0"
    command = [*_command(home), "demo", "play", "--minutes", minutes]
    if sys.stdin.isatty():
        player = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        console.print("A day of searches is played for three minutes: Operations, then Board.")
        return player
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    console.print(f"The sample's operation was played: {done.stdout.strip()}.", highlight=False)
    return None


def _command(home: Path) -> list[str]:
    return [sys.executable, "-m", "luzeiro.cli.app", "--home", str(home)]


def _luzeiro(home: Path, *words: str) -> str:
    done = subprocess.run([*_command(home), *words], capture_output=True, text=True, check=True)
    return done.stdout


def _wait(url: str) -> None:
    given_up_at = time.monotonic() + UP_WITHIN_S
    while True:
        try:
            with urlopen(f"{url}/alive", timeout=5):
                return
        except OSError:
            if time.monotonic() > given_up_at:
                raise
            time.sleep(0.2)
