import json
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from socket import AF_INET, SOCK_DGRAM, socket

import pytest

from tests.cli.conftest import Luzeiro

MAGNET = "magnet:?xt=urn:btih:" + "ab" * 20
CLOSED = "127.0.0.1:1"  # nobody listens there


@pytest.fixture(autouse=True)
def home(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    luzeiro("catalogue", "add", MAGNET, "--source", "A", "--category", "baseline", "--authority")


def test_a_peer_that_is_not_there_is_heard_of_and_no_more(luzeiro: Luzeiro) -> None:
    said = luzeiro("collect", "bittorrent", "--peer", CLOSED, "--for", "0.5", "--output", "json")
    final = json.loads(said.out.splitlines()[-1])
    assert said.status == 1
    assert final["event"] == "finished"
    assert final["sightings"] == {"heard": 1, "reached": 0, "stated": 0}
    assert final["faults"] == {"links refused": 1}
    (row,) = luzeiro("sightings", "list", "--output", "json").out.splitlines()
    sighting = json.loads(row)
    assert (sighting["grade"], sighting["control"]) == ("heard", "not asked")
    assert (sighting["opened_by"], sighting["own_address"]) == ("nobody", None)
    assert sighting["identifier"] == "ab" * 20
    assert sighting["category"] == "interpol-baseline:baseline"


def test_an_unreachable_bootstrap_node_is_named(luzeiro: Luzeiro) -> None:
    said = luzeiro("collect", "bittorrent", "--dht", CLOSED, "--for", "1")
    assert said.status == 1
    assert f"no DHT node answered ({CLOSED})" in said.err
    assert "Traceback" not in said.err


def test_a_port_in_use_is_named_with_what_to_do(luzeiro: Luzeiro) -> None:
    with closing(socket(AF_INET, SOCK_DGRAM)) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        said = luzeiro("collect", "bittorrent", "--dht", CLOSED, "--own", f"127.0.0.1:{port}")
    assert said.status == 2
    assert f"127.0.0.1:{port}" in said.err
    assert "another program uses this port" in said.err
    assert "Traceback" not in said.err


def test_an_address_that_is_not_ours_is_named(luzeiro: Luzeiro) -> None:
    said = luzeiro("collect", "bittorrent", "--dht", CLOSED, "--own", "192.0.2.1")
    assert said.status == 2
    assert "does not have that address" in said.err


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", ":1:2"]
)
def test_what_is_no_endpoint_is_refused(luzeiro: Luzeiro, text: str) -> None:
    said = luzeiro("collect", "bittorrent", "--dht", text)
    assert said.status == 2
    assert "Traceback" not in said.err


def test_with_nobody_to_ask_it_says_so(luzeiro: Luzeiro) -> None:
    said = luzeiro("collect", "bittorrent")
    assert said.status == 2
    assert "nobody to ask" in said.err


def test_sigterm_ends_it_cleanly_with_all_that_it_saw(luzeiro: Luzeiro) -> None:
    command = [sys.executable, "-m", "luzeiro.cli.app", "collect", "bittorrent"]
    with subprocess.Popen(
        [*command, "--peer", CLOSED, "--every", "0", "--output", "json"],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["sightings"]["heard"]:
                process.send_signal(signal.SIGTERM)
                break
        final = json.loads(process.stdout.read().splitlines()[-1])
    assert final["event"] == "finished"
    assert final["unsealed"] == 0
    counted = json.loads(luzeiro("sightings", "count", "--output", "json").out)
    assert counted["sightings"] == final["sightings"]["heard"]


def test_two_collectors_cannot_share_a_home(luzeiro: Luzeiro, tmp_path: Path) -> None:
    lock = tmp_path / "home" / "spool" / "lock"
    holder = (
        "import fcntl,sys; f=open(sys.argv[1],'w'); fcntl.flock(f, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        said = luzeiro("collect", "bittorrent", "--peer", CLOSED, "--for", "1")
        process.kill()
    assert said.status == 2
    assert "another collector" in said.err
