import json
import os
from pathlib import Path

import pytest
from pyrage import x25519

from luzeiro.cli.home import Home
from luzeiro.networks.bittorrent.watch import WatchedTorrent, write_watch_set
from tests.cli.conftest import Luzeiro
from tests.evidence import scenes
from tests.sightings.examples import put_segment

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def home(luzeiro: Luzeiro) -> Home:
    """A home with one sighting of each scene waiting, and the map of their torrents."""
    luzeiro("init")
    made = Home(Path(os.environ["LUZEIRO_HOME"]))
    every = [make() for make in scenes.ALL.values()]
    put_segment(made.spool, [scenes.sighting_of(one, number) for number, one in enumerate(every)])
    infohashes = sorted({one.infohash for one in every})
    torrents = (WatchedTorrent(one, None, scenes.COUNT, (scenes.FILE,)) for one in infohashes)
    write_watch_set(made.watch_set("bittorrent"), torrents)
    return made


@pytest.mark.usefixtures("home")
def test_a_package_of_an_address_is_made_and_verified(luzeiro: Luzeiro, tmp_path: Path) -> None:
    out = tmp_path / "package.zip"
    made = luzeiro("evidence", "package", "--address", scenes.PEER.host, "--out", out)
    assert made.status == 0, made.err
    assert "7 sightings" in made.err
    told = luzeiro("verify", out)
    assert told.status == 0, told.out
    assert told.out.startswith("Everything that could be checked")
    assert "7 of 7: what is claimed is what the raw bytes show" in told.out
    out.write_bytes(out.read_bytes()[:-40] + bytes(40))
    assert luzeiro("verify", out).status == 1


@pytest.mark.usefixtures("home")
def test_a_package_of_one_sighting_for_one_recipient(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("sightings", "count")
    listed = luzeiro("sightings", "list", "--output", "json").out.splitlines()
    wanted = json.loads(listed[0])["sighting_id"]
    mine, out, key = x25519.Identity.generate(), tmp_path / "p.age", tmp_path / "identity"
    key.write_text(f"# mine\n{mine}\n")
    selected = ("--sighting", wanted, "--to", str(mine.to_public()), "--out", out)
    assert luzeiro("evidence", "package", *selected).status == 0
    refused = luzeiro("verify", out)
    assert (refused.status, "--identity" in refused.err) == (2, True)
    told = luzeiro("verify", out, "--identity", key)
    assert told.status == 0
    assert "1 sightings of" in told.out


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("selected", "told"),
    [
        ([], "name what to put into the package"),
        (["--lead", "7"], "Invalid value for '--lead'"),
        (["--lead", NOBODY], f"No lead has the id {NOBODY}"),
        (["--lead", NOBODY, "--address", "198.51.100.7"], "name nothing else"),
        (["--since", "2026-01-01", "--purpose", "x" * 201], "at most 200 characters"),
        (["--address", "nowhere"], "not an IPv4 or IPv6 address"),
        (["--address", "203.0.113.200"], "nothing to put into a package"),
        (["--since", "never"], "--since"),
        (["--address", "198.51.100.7", "--to", "nobody"], "no recipient"),
    ],
)
def test_what_makes_no_package_is_told_and_leaves_nothing(
    luzeiro: Luzeiro, tmp_path: Path, selected: list[str], told: str
) -> None:
    said = luzeiro("evidence", "package", *selected, "--out", tmp_path / "out")
    assert said.status == 2
    assert told in said.err
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("home")
def test_a_folder_that_is_not_there_is_told(luzeiro: Luzeiro, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "out"
    said = luzeiro("evidence", "package", "--since", "2020-01-01", "--out", out)
    assert (said.status, "there is no folder" in said.err) == (2, True)


@pytest.mark.usefixtures("home")
def test_a_package_is_never_written_over(luzeiro: Luzeiro, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("something")
    said = luzeiro("evidence", "package", "--since", "2020-01-01", "--out", tmp_path / "out")
    assert (said.status, "is there already" in said.err) == (2, True)
    assert (tmp_path / "out").read_text() == "something"
