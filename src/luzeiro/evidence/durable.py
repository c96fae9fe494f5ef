"""Files that are there whole after a crash or a power cut, or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

UNFINISHED = ".writing"


def write_synced(path: Path, content: bytes) -> None:
    """Write a file and sync it; its name in the folder is durable only once that is synced too."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def put(path: Path, content: bytes) -> None:
    """Write a file whole, over an older one: after a crash there is the old or the new.

    Raises:
        OSError: it cannot be written; nothing half done is left.
    """
    beside = path.with_name(path.name + UNFINISHED)
    try:
        write_synced(beside, content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def put_all(files: Iterable[tuple[Path, bytes]]) -> None:
    """Write several files whole, making folders as needed, and sync each folder once."""
    changed: set[Path] = set()
    for path, content in files:
        changed |= make_folder(path.parent) | {path.parent}
        beside = path.with_name(path.name + UNFINISHED)
        write_synced(beside, content)
        beside.replace(path)
    for folder in changed:
        sync_folder(folder)


def make_folder(folder: Path) -> set[Path]:
    """Make a folder and those above it; give the ones that must be synced for it to stay."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
    return {one.parent for one in missing}


def lay_folder(folder: Path) -> None:
    """Make a folder and those above it, so that no power cut takes them with all that they hold."""
    for one in make_folder(folder):
        sync_folder(one)


def sync_folder(path: Path) -> None:
    """Make what was created, renamed or removed in a folder durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def move(path: Path, folder: Path) -> Path:
    """Move a file into a folder on the same disk, so that a power cut cannot undo it.

    The folder that it left is synced last: a cut between leaves the file in both, never in neither.
    """
    changed = make_folder(folder)
    moved = path.rename(folder / path.name)
    for one in (folder, *(changed - {path.parent}), path.parent):
        sync_folder(one)
    return moved
