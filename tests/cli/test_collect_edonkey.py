import json
import struct
from contextlib import closing
from pathlib import Path
from socket import AF_INET, SOCK_DGRAM, socket

import pytest

from tests.cli.conftest import Luzeiro

LINK = "ed2k://|file|any.bin|25000000|" + "ab" * 16 + "|/"
CLOSED = "127.0.0.1:1"  # nobody listens there


@pytest.fixture(autouse=True)
def home(luzeiro: Luzeiro) -> None:
    luzeiro("init")
    luzeiro("catalogue", "add", LINK, "--source", "A", "--category", "baseline", "--authority")


def test_a_client_that_is_not_there_is_heard_of_and_no_more(luzeiro: Luzeiro) -> None:
    said = luzeiro("collect", "edonkey", "--peer", CLOSED, "--for", "0.5", "--output", "json")
    final = json.loads(said.out.splitlines()[-1])
    assert said.status == 1
    assert final["sightings"] == {"heard": 1, "reached": 0, "stated": 0}
    assert final["faults"] == {"links refused": 1}
    (row,) = luzeiro("sightings", "list", "--output", "json").out.splitlines()
    sighting = json.loads(row)
    assert (sighting["network"], sighting["grade"]) == ("edonkey", "heard")
    assert (sighting["identifier_kind"], sighting["identifier"]) == ("ed2k", "ab" * 16)
    assert sighting["category"] == "interpol-baseline:baseline"


def test_with_nobody_to_ask_it_says_so(luzeiro: Luzeiro) -> None:
    said = luzeiro("collect", "edonkey")
    assert said.status == 2
    assert "nobody to ask" in said.err
    assert "Traceback" not in said.err


def test_silent_nodes_and_servers_are_named(luzeiro: Luzeiro) -> None:
    said = luzeiro("collect", "edonkey", "--kad", CLOSED, "--server", CLOSED, "--for", "0.5")
    assert said.status == 1
    assert "no Kad node answered" in said.err
    assert "no eD2k server could be logged in to" in said.err


def test_a_catalogue_without_ed2k_hashes_says_what_to_do(luzeiro: Luzeiro, tmp_path: Path) -> None:
    other = ("--home", tmp_path / "other")
    luzeiro(*other, "init")
    said = luzeiro(*other, "collect", "edonkey", "--peer", CLOSED)
    assert said.status == 2
    assert "names no eD2k hash" in said.err


@pytest.mark.parametrize("option", ["--nodes-dat", "--server-met"])
@pytest.mark.parametrize("content", [b"", b"\x13\x13\x13\x13\x13"])
def test_a_list_that_is_none_is_refused_with_the_reason(
    luzeiro: Luzeiro, tmp_path: Path, option: str, content: bytes
) -> None:
    (tmp_path / "list").write_bytes(content)
    said = luzeiro("collect", "edonkey", option, tmp_path / "list")
    assert said.status == 2
    assert "cannot be read" in said.err
    assert "Traceback" not in said.err


def test_a_list_beyond_reason_is_not_read(luzeiro: Luzeiro, tmp_path: Path) -> None:
    with (tmp_path / "list").open("wb") as file:
        file.truncate(5 * 2**20)
    said = luzeiro("collect", "edonkey", "--nodes-dat", tmp_path / "list")
    assert said.status == 2
    assert "4194304" in said.err


def test_an_empty_nodes_dat_of_amules_leaves_nobody_to_ask(
    luzeiro: Luzeiro, tmp_path: Path
) -> None:
    (tmp_path / "nodes.dat").write_bytes(struct.pack("<III", 0, 2, 0))
    said = luzeiro("collect", "edonkey", "--nodes-dat", tmp_path / "nodes.dat")
    assert "nobody to ask" in said.err


def test_a_port_in_use_is_named_with_what_to_do(luzeiro: Luzeiro) -> None:
    with closing(socket(AF_INET, SOCK_DGRAM)) as taken:
        taken.bind(("127.0.0.1", 0))
        own = f"127.0.0.1:{taken.getsockname()[1]}"
        said = luzeiro("collect", "edonkey", "--kad", CLOSED, "--own", own)
    assert said.status == 2
    assert "another program uses this port" in said.err
