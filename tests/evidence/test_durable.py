import errno
import os
from pathlib import Path

import pytest

from luzeiro.evidence import durable
from luzeiro.evidence.log import Log
from luzeiro.evidence.signer import Signer


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    durable.put(tmp_path / "a", b"one")
    durable.put(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_what_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    durable.put(tmp_path / "a", b"one")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        durable.put(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"one"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_each_folder_that_changed_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(durable, "sync_folder", synced.append)
    durable.put_all([(tmp_path / "x" / "y" / "a", b"1"), (tmp_path / "x" / "b", b"2")])
    assert set(synced) == {tmp_path, tmp_path / "x", tmp_path / "x" / "y"}
    synced.clear()
    durable.move(tmp_path / "x" / "b", tmp_path / "z")
    # What it left comes last: a cut between leaves the file in both folders, not in neither.
    assert synced == [tmp_path / "z", tmp_path, tmp_path / "x"]
    assert (tmp_path / "z" / "b").read_bytes() == b"2"


def test_a_folder_is_laid_with_each_above_it_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(durable, "sync_folder", synced.append)
    durable.lay_folder(tmp_path / "x" / "y")
    assert (tmp_path / "x" / "y").is_dir()
    assert set(synced) == {tmp_path, tmp_path / "x"}
    durable.lay_folder(tmp_path / "x" / "y")
    assert len(synced) == 2


def test_what_a_log_says_is_durable_lies_in_folders_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(durable, "sync_folder", synced.append)
    signer = Signer("luzeiro/hub/test", bytes(32))
    Log(tmp_path / "hub" / "log", signer.key).append([b"entry"], signer)
    assert {tmp_path, tmp_path / "hub", tmp_path / "hub" / "log"} <= set(synced)
