import asyncio
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from socket import AF_INET, SOCK_DGRAM, SOCK_STREAM, socket

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from luzeiro.networks.bittorrent.driver.trackers import ScrapeResult, scrape
from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.kit.budgets import RateBudget
from luzeiro.networks.kit.tally import Tally

LISTED, UNLISTED = b"\x11" * 20, b"\x22" * 20
HOST = "127.0.0.1"
MANY = [number.to_bytes(20, "big") for number in range(100)]


def ask(
    url: str, *infohashes: bytes, timeout_s: float = 5.0, tally: Tally | None = None
) -> ScrapeResult:
    return asyncio.run(
        scrape(
            url,
            infohashes or (LISTED,),
            random=Random(1),
            tally=tally or Tally(),
            timeout_s=timeout_s,
            budget=RateBudget(1000, burst=1000),
            first_wait_s=1.0,
        )
    )


def free_port() -> int:
    with closing(socket(AF_INET, SOCK_STREAM)) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


# A real tracker.


@pytest.fixture(scope="module")
def opentracker() -> Iterator[int]:
    """A real tracker on loopback that knows `LISTED`."""
    program = shutil.which("opentracker")
    if program is None:
        pytest.skip("opentracker is not installed (Debian: opentracker)")
    if os.geteuid() != 0:
        pytest.skip("opentracker changes its root folder, which only root may")
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "whitelist.txt").write_text(f"{LISTED.hex()}\n")
        (folder / "ot.conf").write_text(
            f"listen.tcp_udp {HOST}:{port}\naccess.whitelist /whitelist.txt\n"
            f"tracker.rootdir {folder}\ntracker.user nobody\n"
        )
        (folder / "ot.conf").chmod(0o644)
        process = subprocess.Popen([program, "-f", str(folder / "ot.conf")])
        try:
            _wait_until(lambda: _accepts(port))
            yield port
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def swarm(opentracker: int) -> Iterator[int]:
    """The same tracker, at which a real client (not we) took its place as a downloader."""
    libtorrent = pytest.importorskip("libtorrent")
    url = f"http://{HOST}:{opentracker}/announce"
    session = libtorrent.session(
        {
            "listen_interfaces": f"{HOST}:0",
            "enable_dht": False,
            "enable_lsd": False,
            "enable_upnp": False,
            "enable_natpmp": False,
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        client = libtorrent.add_torrent_params()
        client.info_hashes = libtorrent.info_hash_t(libtorrent.sha1_hash(LISTED))
        client.trackers, client.save_path = [url], folder
        handle = session.add_torrent(client)
        _wait_until(lambda: any(one.leechers for one in ask(url).counts))
        yield opentracker
        session.remove_torrent(handle)
        session.pause()


def _accepts(port: int) -> bool:
    with closing(socket(AF_INET, SOCK_STREAM)) as probe:
        return probe.connect_ex((HOST, port)) == 0


def _wait_until(true: Callable[[], bool]) -> None:
    for _ in range(400):
        if true():
            return
        time.sleep(0.05)  # polling another process
    pytest.fail("it did not come about within 20 s")


@pytest.mark.parametrize("form", ["udp://{}:{}", "http://{}:{}/announce", "http://{}:{}/scrape"])
def test_a_real_tracker_tells_how_many_it_knows(swarm: int, form: str) -> None:
    before_us = time.time_ns() // 1000
    result = ask(form.format(HOST, swarm))
    assert result.fault is None
    (one,) = result.counts
    assert (one.infohash, one.seeders, one.completed, one.leechers) == (LISTED, 0, 0, 1)
    assert before_us <= one.told_at_us <= time.time_ns() // 1000


def test_asking_does_not_make_us_one_of_them(swarm: int) -> None:
    for _ in range(3):
        (one,) = ask(f"udp://{HOST}:{swarm}").counts
        assert (one.seeders, one.leechers) == (0, 1)


def test_an_unknown_torrent_has_zeros_over_udp_and_no_row_over_http(opentracker: int) -> None:
    (one,) = ask(f"udp://{HOST}:{opentracker}", UNLISTED).counts
    assert (one.infohash, one.seeders, one.leechers) == (UNLISTED, 0, 0)
    assert ask(f"http://{HOST}:{opentracker}/announce", UNLISTED) == ScrapeResult((), None)


def test_more_torrents_than_one_question_holds_are_asked_for_in_several(swarm: int) -> None:
    over_udp = ask(f"udp://{HOST}:{swarm}", *MANY, LISTED)
    assert [one.infohash for one in over_udp.counts] == [*MANY, LISTED]
    assert over_udp.counts[-1].leechers == 1
    over_http = ask(f"http://{HOST}:{swarm}/announce", *MANY, LISTED)
    assert [one.infohash for one in over_http.counts] == [LISTED]


# Trackers of our own, for what a good one never does.


@contextmanager
def http_tracker(
    response: bytes, secure: ssl.SSLContext | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """Give one answer to whoever asks, over TLS if told so; also gives what was asked."""
    asked: list[bytes] = []
    with closing(socket(AF_INET, SOCK_STREAM)) as listening:
        listening.bind((HOST, 0))
        listening.listen()

        def serve() -> None:
            with suppress(OSError):  # closed: the test is over
                while True:
                    link, _ = listening.accept()
                    with closing(link), suppress(OSError):  # a client that does not trust us
                        if secure is not None:
                            link = secure.wrap_socket(link, server_side=True)
                        asked.append(link.recv(65536))
                        link.sendall(response)
                        link.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://{HOST}:{listening.getsockname()[1]}/announce", asked
        listening.shutdown(2)
    thread.join(5)


@contextmanager
def udp_tracker(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """Answer each datagram with `answer(datagram)`; an empty answer is none."""
    with closing(socket(AF_INET, SOCK_DGRAM)) as bound:
        bound.bind((HOST, 0))
        bound.settimeout(5)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                with suppress(OSError):
                    datagram, source = bound.recvfrom(4096)
                    if reply := answer(datagram):
                        bound.sendto(reply, source)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"udp://{HOST}:{bound.getsockname()[1]}"
        over.set()
        with closing(socket(AF_INET, SOCK_DGRAM)) as last:
            last.sendto(b"wake up", bound.getsockname())
        thread.join(5)


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def test_what_is_sent_is_a_scrape_and_nothing_else() -> None:
    files = {LISTED: {b"complete": 2, b"downloaded": 3, b"incomplete": 4}}
    with http_tracker(ok(bencode.encode({b"files": files}))) as (url, asked):
        assert ask(url).counts[0].seeders == 2
    (request,) = asked
    assert request.startswith(b"GET /scrape?info_hash=" + b"%11" * 20 + b" HTTP/1.1\r\n")
    assert not [word for word in (b"peer_id", b"port=", b"event", b"left") if word in request]


def test_a_tracker_cannot_tell_of_torrents_that_nobody_asked_about() -> None:
    files = {UNLISTED: {b"complete": 2, b"downloaded": 3, b"incomplete": 4}}
    with http_tracker(ok(bencode.encode({b"files": files}))) as (url, _):
        assert ask(url) == ScrapeResult((), None)


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        (ok(b"d14:failure reason18:scrape not allowede"), "declined: scrape not allowed"),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "declined: HTTP status 403"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\n\r\n", "declined: HTTP status 302"),
        (ok(b"<html>"), "malformed: "),
        (b"220 smtp.example ready\r\n\r\n", "malformed: not an HTTP answer"),
        (b"", "malformed: cut off"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + bytes(1 << 21), "malformed: a body of more than 1 MiB"),
    ],
)
def test_what_an_http_tracker_does_wrong_is_named(response: bytes, fault: str) -> None:
    tally = Tally()
    with http_tracker(response) as (url, _):
        result = ask(url, tally=tally)
    assert (result.fault or "").startswith(fault)
    assert result.counts == ()
    assert tally.counts == {"scrapes": 1, "scrapes failed": 1}


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (lambda asked: b"\0\0\0\x03" + asked[12:16] + b"no", "declined: no"),
        (lambda asked: b"\0\0\0\x09" + asked[12:16], "malformed: action 9"),
        (lambda _: b"\0\0\0\x03none" + b"not the id that was asked under", "timed out"),
        (lambda _: b"", "timed out"),
    ],
)
def test_what_a_udp_tracker_does_wrong_is_named(
    answer: Callable[[bytes], bytes], fault: str
) -> None:
    with udp_tracker(answer) as url:
        assert (ask(url, timeout_s=0.3).fault or "").startswith(fault)


def test_counts_told_before_a_fault_are_kept() -> None:
    answers = iter([b"\0\0\0\0%b" + bytes(8), b"\0\0\0\x02%b" + bytes(12 * 74), b"\0\0\0\x03%bno"])
    with udp_tracker(lambda asked: next(answers, b"").replace(b"%b", asked[12:16])) as url:
        result = ask(url, *MANY)
    assert (len(result.counts), result.fault) == (74, "declined: no")


@pytest.mark.parametrize("form", ["http://{}:{}/announce", "udp://{}:{}"])
def test_a_tracker_that_is_not_there_is_unreachable(form: str) -> None:
    assert ask(form.format(HOST, free_port())).fault == "unreachable: Connection refused"


def test_an_http_tracker_that_says_nothing_times_out() -> None:
    with closing(socket(AF_INET, SOCK_STREAM)) as silent:
        silent.bind((HOST, 0))
        silent.listen()
        result = ask(f"http://{HOST}:{silent.getsockname()[1]}/announce", timeout_s=0.2)
    assert result == ScrapeResult((), "timed out")


def certificate(folder: Path) -> Path:
    """Make a certificate for `HOST` that nobody vouches for, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tracker.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "tracker.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + made.public_bytes(Encoding.PEM)
    )
    return path


@pytest.mark.parametrize("trusted", [True, False])
def test_a_secure_tracker_is_asked_only_if_somebody_vouches_for_it(
    trusted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(pem)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    files = {LISTED: {b"complete": 2, b"incomplete": 4}}
    with http_tracker(ok(bencode.encode({b"files": files})), secure) as (url, asked):
        result = ask(url.replace("http", "https"))
    assert bool(asked) == trusted
    if trusted:
        assert [one.leechers for one in result.counts] == [4]
    else:
        assert (result.fault or "").startswith("unreachable: TLS: ")


def test_plain_http_on_a_secure_port_is_unreachable() -> None:
    with http_tracker(ok(b"de")) as (url, _):
        fault = ask(url.replace("http", "https")).fault or ""
    assert fault.startswith("unreachable: TLS: ")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tracker",
        "udp://127.0.0.1",
        "udp://127.0.0.1:70000",
        "ftp://127.0.0.1/announce",
        "http://127.0.0.1/x",
        "http:///announce",
        "http://127.0.0.1/a b/announce",
        "http://[::1/announce",
        "http://" + "a" * 70 + ".example/announce",
    ],
)
def test_what_is_no_tracker_address_is_named(url: str) -> None:
    assert (ask(url).fault or "").startswith("bad address: ")
