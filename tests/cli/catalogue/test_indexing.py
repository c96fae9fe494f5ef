from pathlib import Path

import pytest

from luzeiro.cli.catalogue import indexing
from luzeiro.cli.home import Home
from luzeiro.matching.build import BuildUnderWayError
from luzeiro.matching.indexes import WatchedIndexes
from tests.catalogue.imports import name
from tests.cli.catalogue.conftest import Rows
from tests.cli.conftest import Luzeiro

ADD = ("catalogue", "add", f"ed2k://|file|x|5|{'ab' * 16}|/", "--source", "A")


def test_each_change_is_in_the_indexes_when_the_command_ends(
    luzeiro: Luzeiro, rows: Rows, tmp_path: Path
) -> None:
    folder = Home(tmp_path / "home").matching
    luzeiro(*ADD, "--category", "baseline", "--authority")
    assert WatchedIndexes(folder).entry_of(name("ed2k", 0xAB)) == 1
    luzeiro("catalogue", "withdraw", "--revision", "1")
    assert WatchedIndexes(folder).entry_of(name("ed2k", 0xAB)) is None
    assert {one["how"] for one in rows("index", "--verify")} == {"unchanged"}
    assert {one["how"] for one in rows("index", "--anew")} == {"built"}


def test_a_build_elsewhere_does_not_undo_the_change(
    luzeiro: Luzeiro, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(folder: Path) -> None:
        raise BuildUnderWayError(folder)

    monkeypatch.setattr(indexing, "refresh", busy)
    said = luzeiro(*ADD, "--category", "baseline")
    assert said.status == 0
    assert "the indexes do not show this change" in said.err
