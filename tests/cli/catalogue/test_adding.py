import json
from pathlib import Path

import pytest

from tests.cli.conftest import Luzeiro
from tests.cli.torrents import PIECE, write_torrent

WORD = ("--source", "A", "--category", "baseline")


def listed(luzeiro: Luzeiro) -> list[dict[str, object]]:
    return [
        json.loads(line)
        for line in luzeiro("catalogue", "list", "--output", "json").out.splitlines()
    ]


def test_a_torrent_with_one_file_needs_no_more_words(luzeiro: Luzeiro, tmp_path: Path) -> None:
    btih = write_torrent(tmp_path / "a.torrent", PIECE)
    said = luzeiro("catalogue", "add", tmp_path / "a.torrent", *WORD, "--authority")
    assert "1 added" in said.out
    (entry,) = listed(luzeiro)
    assert entry["identifiers"] == [f"btih:{btih.hex()}"]
    assert entry["category"] == "interpol-baseline:baseline"


def test_a_torrent_with_several_files_asks_which(luzeiro: Luzeiro, tmp_path: Path) -> None:
    write_torrent(tmp_path / "a.torrent", PIECE, PIECE, 5)
    said = luzeiro("catalogue", "add", tmp_path / "a.torrent", *WORD)
    assert (said.status, said.out) == (2, "")
    assert "has 3 files: say which are categorised" in said.err
    assert listed(luzeiro) == []
    luzeiro("catalogue", "add", tmp_path / "a.torrent", *WORD, "--file", "0", "--file", "2")
    assert len(listed(luzeiro)) == 2


@pytest.mark.parametrize("length", [0, 1, 40, 70])
def test_a_truncated_torrent_is_named_with_the_byte(
    luzeiro: Luzeiro, tmp_path: Path, length: int
) -> None:
    write_torrent(tmp_path / "a.torrent", PIECE)
    whole = (tmp_path / "a.torrent").read_bytes()
    (tmp_path / "cut.torrent").write_bytes(whole[:length])
    said = luzeiro("catalogue", "add", tmp_path / "cut.torrent", *WORD)
    assert said.status == 2
    assert "cut.torrent is not a torrent file, or is damaged" in said.err
    assert "at byte" in said.err
    assert "Traceback" not in said.err


def test_a_missing_file_is_named(luzeiro: Luzeiro) -> None:
    said = luzeiro("catalogue", "add", "nowhere.torrent", *WORD)
    assert said.status == 2
    assert "nowhere.torrent: No such file" in said.err


def test_links_are_added_and_a_bad_one_is_rejected(luzeiro: Luzeiro) -> None:
    said = luzeiro("catalogue", "add", "magnet:?xt=urn:btih:" + "ab" * 20, "magnet:?x", *WORD)
    assert said.status == 1
    assert "no 'xt'" in said.err
    assert len(listed(luzeiro)) == 1
