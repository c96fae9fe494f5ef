from pathlib import Path

import pytest

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.rows import RejectedRow
from luzeiro.cli.catalogue.torrent_files import (
    folder_sha256,
    looks_so,
    read_torrent,
    rows_of_folder,
    torrents_in,
)
from tests.cli.torrents import PIECE, write_torrent


def test_a_torrent_shows_in_its_first_bytes(tmp_path: Path) -> None:
    write_torrent(tmp_path / "a.torrent", PIECE)
    assert looks_so((tmp_path / "a.torrent").read_bytes())
    assert not any(map(looks_so, (b"", b"data", b"{}", b"d:", b"\xef\xbb\xbf{")))


def test_a_folder_has_one_digest_that_sha256sum_can_check(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    write_torrent(tmp_path / "below" / "a.torrent", PIECE)
    write_torrent(tmp_path / "b.torrent", PIECE, PIECE)
    paths = torrents_in(tmp_path)
    before = folder_sha256(paths, tmp_path)
    assert [path.name for path in paths] == ["b.torrent", "a.torrent"]
    assert len(before) == 64
    write_torrent(tmp_path / "b.torrent", PIECE)
    assert folder_sha256(paths, tmp_path) != before
    several = list(rows_of_folder(paths, tmp_path, everything=True))
    assert not any(isinstance(row, RejectedRow) for row in several)


def test_a_folder_without_a_torrent_and_a_file_that_is_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"holds no \.torrent file"):
        torrents_in(tmp_path)
    (tmp_path / "x.torrent").write_bytes(b"x")
    with pytest.raises(CatalogueError, match="is not a torrent file"):
        read_torrent(tmp_path / "x.torrent")
