import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from socket import AF_INET, SOCK_DGRAM, SOCK_STREAM, socket

import pytest

from luzeiro.networks.bittorrent.driver.trackers import ScrapeResult, scrape
from luzeiro.networks.bittorrent.wire.tracker import Counts
from luzeiro.networks.kit.tally import Tally

LISTED, UNLISTED = b"\x11" * 20, b"\x22" * 20
HOST = "127.0.0.1"


def ask(url: str, *infohashes: bytes, timeout_s: float = 5.0) -> ScrapeResult:
    return asyncio.run(
        scrape(
            url,
            infohashes or (LISTED,),
            random=Random(1),
            tally=Tally(),
            timeout_s=timeout_s,
            first_wait_s=1.0,
        )
    )


def free_port() -> int:
    with closing(socket(AF_INET, SOCK_STREAM)) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def opentracker() -> Iterator[int]:
    """A real tracker on loopback that knows `LISTED`."""
    program = shutil.which("opentracker")
    if program is None:
        pytest.skip("opentracker is not installed (Debian: opentracker)")
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "whitelist.txt").write_text(f"{LISTED.hex()}\n")
        (folder / "ot.conf").write_text(
            f"listen.tcp_udp {HOST}:{port}\naccess.whitelist {folder}/whitelist.txt\n"
            f"tracker.rootdir {folder}\ntracker.user nobody\n"
        )
        (folder / "ot.conf").chmod(0o644)
        process = subprocess.Popen([program, "-f", str(folder / "ot.conf")])
        try:
            _wait_for(port)
            yield port
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with closing(socket(AF_INET, SOCK_STREAM)) as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)  # polling a process that is starting
    pytest.fail("opentracker did not start")


@pytest.mark.parametrize("form", ["udp://{}:{}", "http://{}:{}/announce"])
def test_a_real_tracker_tells_its_counts(opentracker: int, form: str) -> None:
    result = ask(form.format(HOST, opentracker))
    assert result.fault is None
    assert [one for one in result.counts if any((one.seeders, one.leechers))] == []


def test_more_torrents_than_one_question_holds_are_asked_in_several(opentracker: int) -> None:
    infohashes = [number.to_bytes(20, "big") for number in range(100)]
    result = ask(f"udp://{HOST}:{opentracker}", *infohashes)
    assert result.counts == tuple(Counts(infohash, 0, 0, 0) for infohash in infohashes)


def test_a_tracker_that_is_not_there_is_unreachable() -> None:
    assert (ask(f"http://{HOST}:{free_port()}/announce").fault or "").startswith("unreachable")


def test_a_tracker_that_says_nothing_times_out() -> None:
    with closing(socket(AF_INET, SOCK_DGRAM)) as silent:
        silent.bind((HOST, 0))
        result = ask(f"udp://{HOST}:{silent.getsockname()[1]}", timeout_s=0.2)
    assert result == ScrapeResult((), "timed out")


@pytest.mark.parametrize(
    "url", ["", "tracker", "udp://127.0.0.1", "ftp://127.0.0.1/announce", "http://127.0.0.1/x"]
)
def test_what_is_no_tracker_address_is_named(url: str) -> None:
    fault = ask(url).fault or ""
    assert "no tracker address" in fault or "no scrape address" in fault
