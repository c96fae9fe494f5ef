from pathlib import Path

import pytest

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.cli.home import Home
from luzeiro.cli.watch import ed2k_files_to_watch, torrents_to_watch
from tests.cli.conftest import Luzeiro


def test_an_empty_watch_set_says_how_to_fill_it(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    with pytest.raises(CatalogueError, match="luzeiro catalogue add"):
        torrents_to_watch(Home(tmp_path / "home"))


def test_the_watch_set_follows_the_catalogue(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    for number in ("ab", "cd"):
        luzeiro(
            *("catalogue", "add", "magnet:?xt=urn:btih:" + number * 20),
            *("--source", "A", "--category", "baseline", "--authority"),
        )
    assert len(torrents_to_watch(Home(tmp_path / "home"))) == 2


def test_ed2k_hashes_have_a_watch_set_of_their_own(luzeiro: Luzeiro, tmp_path: Path) -> None:
    luzeiro("init")
    link = "ed2k://|file|any.bin|25000000|" + "ab" * 16 + "|/"
    luzeiro("catalogue", "add", link, "--source", "A", "--category", "baseline", "--authority")
    targets = ed2k_files_to_watch(Home(tmp_path / "home"))
    assert len(targets) == 1
    assert (targets[0].digest, targets[0].size_bytes) == (bytes.fromhex("ab" * 16), 25_000_000)
    with pytest.raises(CatalogueError, match="BitTorrent"):
        torrents_to_watch(Home(tmp_path / "home"))
