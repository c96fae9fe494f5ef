import json
from pathlib import Path

import pytest

from tests.cli.conftest import Luzeiro
from tests.cli.torrents import PIECE, write_torrent

WORD = ("--source", "A", "--category", "baseline")


@pytest.fixture(autouse=True)
def home(luzeiro: Luzeiro) -> None:
    luzeiro("init")


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


def test_a_list_keeps_its_good_rows_and_names_each_bad_one_by_line(
    luzeiro: Luzeiro, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"md5,category\n{'ab' * 16},baseline\nzz,baseline\n{'cd' * 16},nonsense\n")
    said = luzeiro("catalogue", "import", path, "--source", "A")
    assert said.status == 1
    assert f"{path}:3: the md5 is 'zz', not hexadecimal" in said.err
    assert f"{path}:4: the scheme 'interpol-baseline' has no category 'nonsense'" in said.err
    assert "1 added" in said.out
    assert (tmp_path / "list.csv.rejected").read_text().count("\n") == 2
    assert len(listed(luzeiro)) == 1


def test_a_dry_run_reads_and_changes_nothing(luzeiro: Luzeiro, tmp_path: Path) -> None:
    path = tmp_path / "links.txt"
    path.write_text(f"ed2k://|file|x|5|{'ab' * 16}|/\n")
    said = luzeiro("catalogue", "import", path, *WORD, "--dry-run")
    assert "1 added" in said.out
    assert "a dry run" in said.out
    assert listed(luzeiro) == []


def test_a_folder_of_torrents_is_taken_file_by_file(luzeiro: Luzeiro, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for number in (1, 2):
        write_torrent(tmp_path / "folder" / f"{number}.torrent", PIECE * number)
    luzeiro("catalogue", "import", tmp_path / "folder", *WORD)
    assert len(listed(luzeiro)) == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "no format"), (b"\x00\x01\x02", "no format"), (b"name,when\n1,2\n", "no format")],
)
def test_a_file_that_is_no_list_is_named(
    luzeiro: Luzeiro, tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "list"
    path.write_bytes(content)
    said = luzeiro("catalogue", "import", path, *WORD)
    assert said.status == 2
    assert why in said.err
    assert "Traceback" not in said.err


def test_text_shows_identifiers_shortened_until_asked(luzeiro: Luzeiro) -> None:
    luzeiro("catalogue", "add", "magnet:?xt=urn:btih:" + "ab" * 20, *WORD)
    assert "ab" * 20 not in luzeiro("catalogue", "list").out
    assert "ab" * 20 in luzeiro("catalogue", "list", "--full").out
