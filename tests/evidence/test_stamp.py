"""Against a real authority: OpenSSL's, on this machine."""

import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509

from luzeiro.evidence.stamp import StampError, ask_authority, check_stamp, named_in, stamp_request

HEAD = b"log.example/one\n3\nroot\n\n\xe2\x80\x94 log.example/one signature\n"
CONFIG = """
[req]
distinguished_name = name
x509_extensions = authority
prompt = no
[name]
CN = Test authority
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[stamper]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = one
[one]
dir = .
serial = serial
crypto_device = builtin
signer_cert = stamper.pem
signer_key = stamper.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("authority")
    (folder / "conf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "rsa:2048", "-nodes", "-config", "conf")
    openssl(folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-days", "9")
    openssl(folder, "req", "-new", *key, "-keyout", "stamper.key", "-out", "stamper.csr")
    signed = ("-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "9")
    extensions = ("-extfile", "conf", "-extensions", "stamper")
    asked = ("-req", "-in", "stamper.csr", "-out", "stamper.pem")
    openssl(folder, "x509", *asked, *signed, *extensions)
    return folder


@pytest.fixture(scope="module")
def url(authority: Path) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (authority / "q.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            answer = ("-config", "conf", "-queryfile", "q.tsq", "-out", "r.tsr")
            openssl(authority, "ts", "-reply", *answer)
            self.send_response(200)
            self.end_headers()
            self.wfile.write((authority / "r.tsr").read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def root_of(authority: Path) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate((authority / "root.pem").read_bytes())]


def test_a_stamp_is_asked_for_and_stands(authority: Path, url: str) -> None:
    response = ask_authority(url, stamp_request(HEAD))
    assert named_in(response, HEAD)
    assert check_stamp(response, HEAD, root_of(authority)).year >= 2024


def test_a_stamp_of_something_else_or_of_another_authority_does_not_stand(
    authority: Path, url: str, tmp_path: Path
) -> None:
    response = ask_authority(url, stamp_request(HEAD))
    assert not named_in(response, HEAD + b"x")
    with pytest.raises(StampError):
        check_stamp(response, HEAD + b"x", root_of(authority))
    (tmp_path / "conf").write_text(CONFIG)
    key = ("-newkey", "rsa:2048", "-nodes", "-config", "conf", "-keyout", "k")
    openssl(tmp_path, "req", "-x509", *key, "-out", "root.pem", "-days", "9")
    with pytest.raises(StampError):
        check_stamp(response, HEAD, root_of(tmp_path))


def test_openssl_takes_the_stamp_too(authority: Path, url: str) -> None:
    (authority / "head").write_bytes(HEAD)
    (authority / "kept.tsr").write_bytes(ask_authority(url, stamp_request(HEAD)))
    checked = ("-in", "kept.tsr", "-data", "head", "-CAfile", "root.pem")
    openssl(authority, "ts", "-verify", *checked)


def test_an_authority_that_is_away_or_answers_nonsense_is_told() -> None:
    with pytest.raises(StampError, match="cannot be reached"):
        ask_authority("http://127.0.0.1:1/", b"")
    with pytest.raises(StampError, match="not the address"):
        ask_authority("file:///etc/passwd", b"")
    with pytest.raises(StampError):
        named_in(b"nonsense", HEAD)
