"""Moving segments' files, on one disk, so that a power cut cannot undo it."""

import os
from pathlib import Path


def move(path: Path, folder: Path) -> Path:
    """Move a segment's file into a folder, and the notes that lie beside it before it.

    A note has the segment's name, with or without `.parquet`, and then an ending of its own. It
    goes first: where the segment is, its notes are.
    """
    fresh = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    for note in sorted(path.parent.glob(f"{path.stem}.*")):
        if note != path:
            note.rename(folder / note.name)
    moved = path.rename(folder / path.name)
    for changed in (folder, path.parent, *((folder.parent,) if fresh else ())):
        sync_folder(changed)
    return moved


def sync_folder(path: Path) -> None:
    """Bring a folder's entries to the disk."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; on the disk when this returns."""
    beside = path.with_name(path.name + ".writing")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)
