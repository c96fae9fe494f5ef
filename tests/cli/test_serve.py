import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def served(home: Path, *words: str) -> Iterator[int]:
    """A portal that is told to stop at the end, and does; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "luzeiro.cli.app", "--home", str(home), "serve",
         "--port", str(port), *words],
        stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        # As in a shell's background: SIGINT is ignored, SIGTERM counts all the same.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509
    )  # fmt: skip
    try:
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_portal_is_served_until_told_to_stop(tmp_path: Path, workers: str) -> None:
    run(tmp_path, "init")
    with served(tmp_path, "--without-tls", "--workers", workers) as port:
        assert _asked(port, "/alive") == b"alive\n"
        assert b"Luzeiro" in _asked(port, "/sign-in")
        strange = Request(f"http://127.0.0.1:{port}/sign-in", headers={"Host": "x.example"})
        with pytest.raises(HTTPError, match="400"):
            urlopen(strange, timeout=10)


def test_the_network_is_spoken_to_in_tls_1_3_alone(tmp_path: Path) -> None:
    run(tmp_path, "init")
    certificate, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "1", "-subj",
         "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key),
         "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    with served(tmp_path, "--certificate", str(certificate), "--key", str(key)) as port:
        trusting = ssl.create_default_context(cafile=str(certificate))
        told = _asked(port, "/alive", "https://localhost", trusting)
        assert told == b"alive\n"
        with _link(port, trusting) as link:
            assert link.version() == "TLSv1.3"
        trusting.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(ssl.SSLError):
            _link(port, trusting).close()


def _link(port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    return context.wrap_socket(plain, server_hostname="localhost")


def _asked(
    port: int, path: str, at: str = "http://127.0.0.1", context: ssl.SSLContext | None = None
) -> bytes:
    given_up_at = time.monotonic() + 60
    while True:
        try:
            with urlopen(f"{at}:{port}{path}", timeout=10, context=context) as answer:
                return bytes(answer.read())
        except OSError:
            assert time.monotonic() < given_up_at
            time.sleep(0.1)
