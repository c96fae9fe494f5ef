from pathlib import Path

import pytest

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.cli.home import Home
from luzeiro.cli.watch import torrents_to_watch
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
