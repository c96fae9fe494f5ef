from pathlib import Path

import pytest

from luzeiro.cli.catalogue import importing
from tests.catalogue.readers import builders
from tests.catalogue.readers.builders import media, ncmec_entry, nsrl_row
from tests.cli.catalogue.conftest import Rows
from tests.cli.conftest import Luzeiro
from tests.cli.torrents import PIECE, write_torrent

WORD = ("--source", "A", "--category", "baseline")
MD5 = "ab" * 16

LISTS = {
    "vics": builders.vics_media([media(1), media(2)]),
    "caid": builders.vics_media([media(1, Category="A")], region="UK"),
    "ncmec": builders.ncmec(ncmec_entry(1), ncmec_entry(2)),
    "nsrl": builders.nsrl([nsrl_row(1), nsrl_row(2)]),
    "encase": builders.encase_set([b"0123456789abcdef"]),
    "hashkeeper": builders.hashkeeper(1, 2),
    "links": f"ed2k://|file|x|5|{MD5}|/\n".encode(),
    "table": f"md5,category\n{MD5},baseline\n".encode(),
}


@pytest.mark.parametrize("form", LISTS)
def test_each_format_is_detected_by_its_content_and_taken(
    luzeiro: Luzeiro, tmp_path: Path, form: str
) -> None:
    path = tmp_path / "list"
    path.write_bytes(LISTS[form])
    said = luzeiro("catalogue", "import", path, *WORD)
    assert said.status == 0, said.err
    assert "0 rejected, 0 queued (revision 1)" in said.out


def test_a_format_that_is_named_is_not_asked_for(luzeiro: Luzeiro, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(LISTS["table"])
    said = luzeiro("catalogue", "import", path, *WORD, "--format", "vics")
    assert said.status == 2
    assert f"luzeiro: {path}: no Project VIC or CAID document" in said.err
    assert "Nothing of it was taken" in said.err
    assert luzeiro("catalogue", "import", path, *WORD, "--format", "x").status == 2
    assert luzeiro("catalogue", "import", path, *WORD, "--scheme", "x").status == 2


def test_a_list_keeps_its_good_rows_and_names_each_bad_one_by_line(
    luzeiro: Luzeiro, rows: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"md5,category\n{MD5},baseline\nzz,baseline\n{'cd' * 16},nonsense\n")
    said = luzeiro("catalogue", "import", path, "--source", "A")
    assert said.status == 1
    assert f"{path}:3: the md5 is 'zz', not hexadecimal" in said.err
    assert f"{path}:4: the scheme 'interpol-baseline' has no category 'nonsense'" in said.err
    assert "1 added" in said.out
    assert (tmp_path / "list.csv.rejected").read_text().count("\n") == 2
    assert len(rows("list")) == 1


def test_rejected_rows_that_can_be_kept_nowhere_stop_the_import(
    luzeiro: Luzeiro, rows: Rows, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"md5\n{MD5}\nzz\n")
    nowhere = tmp_path / "nowhere" / "rejected"
    said = luzeiro("catalogue", "import", path, *WORD, "--rejected", nowhere)
    assert said.status == 2
    assert "name a file with --rejected. Nothing was taken" in said.err
    assert rows("list") == []


def test_a_table_with_other_words_is_read_through_its_map(
    luzeiro: Luzeiro, rows: Rows, tmp_path: Path
) -> None:
    (tmp_path / "map.toml").write_text(
        'scheme = "caid-uk"\n[columns]\nmd5 = "Hash"\nlabel = "Cat"\n[labels]\n"Worst" = "A"\n'
    )
    path = tmp_path / "list"
    path.write_text(f"Hash,Cat\n{MD5},Worst\n")
    luzeiro(
        *("catalogue", "import", path, "--source", "A", "--authority"),
        *("--map", tmp_path / "map.toml"),
    )
    assert [one["category"] for one in rows("list")] == ["caid-uk:A"]


def test_a_dry_run_reads_and_changes_nothing(luzeiro: Luzeiro, rows: Rows, tmp_path: Path) -> None:
    path = tmp_path / "links.txt"
    path.write_bytes(LISTS["links"])
    said = luzeiro("catalogue", "import", path, *WORD, "--dry-run")
    assert "1 added" in said.out
    assert "a dry run" in said.out
    assert rows("list") == rows("revisions") == []


def test_the_same_list_again_is_said_to_be_so(luzeiro: Luzeiro, tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(LISTS["table"])
    luzeiro("catalogue", "import", path, *WORD)
    said = luzeiro("catalogue", "import", path, *WORD, "--by", "officer")
    assert "the same list was revision 1" in said.err
    assert "0 added, 0 changed, 1 unchanged" in said.out


def test_a_folder_of_torrents_is_one_revision_and_a_bad_torrent_costs_itself_alone(
    luzeiro: Luzeiro, rows: Rows, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in (1, 2):
        write_torrent(folder / f"{number}.torrent", PIECE * number)
    (folder / "bad.torrent").write_bytes(b"d4:name")
    write_torrent(folder / "several.torrent", PIECE, PIECE)
    said = luzeiro("catalogue", "import", folder, *WORD)
    assert said.status == 1
    assert "2 added, 0 changed, 0 unchanged, 2 rejected" in said.out
    assert f"{folder}:bad.torrent:" in said.err
    assert len(rows("revisions")) == 1
    assert "4 added" not in said.out
    again = luzeiro("catalogue", "import", folder, *WORD, "--all-files")
    assert "2 added, 0 changed, 2 unchanged, 1 rejected" in again.out


def test_a_single_torrent_is_known_by_its_content(luzeiro: Luzeiro, tmp_path: Path) -> None:
    write_torrent(tmp_path / "list", PIECE)
    assert "1 added" in luzeiro("catalogue", "import", tmp_path / "list", *WORD).out


def test_a_list_of_benign_files_keeps_them_from_being_watched(
    luzeiro: Luzeiro, rows: Rows, tmp_path: Path
) -> None:
    medias, benign = tmp_path / "medias", tmp_path / "benign"
    medias.write_bytes(builders.vics_media([media(1, MediaSize=100), media(2)]))
    benign.write_bytes(builders.nsrl([nsrl_row(1)]))
    luzeiro("catalogue", "import", medias, "--source", "A", "--authority")
    said = luzeiro("catalogue", "import", benign, "--source", "NSRL")
    assert said.status == 0, said.err
    assert [(one["kind"], one["entry_id"]) for one in rows("conflicts")] == [
        ("benign-and-abuse", 1)
    ]
    assert [one["category"] for one in rows("list")] == [None, "vics-us:1"]


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
    assert f"{path}: {why}" in said.err
    assert "Traceback" not in said.err


def test_every_format_has_one_name() -> None:
    assert len(set(importing.FORMATS)) == len(importing.FORMATS)
