from pathlib import Path

import pytest

from luzeiro.evidence.durable import put, sync_folder
from luzeiro.sightings import moving
from luzeiro.sightings.moving import move


def test_a_segment_moves_with_the_notes_beside_it(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    for name in ("a.parquet", "a.note", "a.parquet.note", "ab.note"):
        (spool / name).write_text(name)
    (moved,) = move([spool / "a.parquet"], tmp_path / "new" / "folder")
    assert moved == tmp_path / "new" / "folder" / "a.parquet"
    assert sorted(path.name for path in moved.parent.iterdir()) == [
        "a.note", "a.parquet", "a.parquet.note",
    ]  # fmt: skip
    assert [path.name for path in spool.iterdir()] == ["ab.note"]


def test_several_move_together_and_none_is_no_move(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.parquet", "b.parquet")]
    for path in paths:
        path.touch()
    assert move(paths, tmp_path / "new") == [tmp_path / "new" / path.name for path in paths]
    assert move([], tmp_path / "other") == []
    assert not (tmp_path / "other").exists()


def test_what_files_left_is_synced_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(moving, "sync_folder", synced.append)
    path = tmp_path / "a.parquet"
    path.touch()
    (there,) = move([path], tmp_path / "z")
    assert synced == [tmp_path / "z", tmp_path]
    synced.clear()
    move([there], tmp_path / "zz" / "new")
    assert synced == [tmp_path / "zz" / "new", *synced[1:3], tmp_path / "z"]
    assert set(synced[1:3]) == {tmp_path, tmp_path / "zz"}


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    put(tmp_path / "file", b"first")
    put(tmp_path / "file", b"second")
    sync_folder(tmp_path)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("file", b"second")]
