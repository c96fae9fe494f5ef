import signal
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from typer.testing import CliRunner

from luzeiro.cli.app import app
from luzeiro.cli.portal import PortalError
from tests.cli.test_demo import run


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "--certificate and --key"),
        (("--without-tls", "--host", "192.0.2.1"), "not a loopback address"),
        (("--certificate", "absent.pem", "--key", "absent.key"), "absent.pem cannot be read"),
    ],
)
def test_what_would_be_unsafe_or_cannot_be_is_refused(
    tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    run(tmp_path, "init")
    with pytest.raises(PortalError, match=told):
        CliRunner().invoke(app, ["--home", str(tmp_path), "serve", *words], catch_exceptions=False)


def test_the_portal_is_served_until_told_to_stop(tmp_path: Path) -> None:
    run(tmp_path, "init")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "luzeiro.cli.app", "--home", str(tmp_path), "serve",
         "--without-tls", "--port", str(port)],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        # As in a shell's background: SIGINT is ignored, SIGTERM counts all the same.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509
    )  # fmt: skip
    try:
        assert _asked(port, "/alive") == b"alive\n"
        assert b"Luzeiro" in _asked(port, "/sign-in")
        strange = Request(f"http://127.0.0.1:{port}/sign-in", headers={"Host": "x.example"})
        with pytest.raises(HTTPError, match="400"):
            urlopen(strange, timeout=10)
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


def _asked(port: int, path: str) -> bytes:
    given_up_at = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return bytes(answer.read())
        except OSError:
            assert time.monotonic() < given_up_at
            time.sleep(0.1)
