"""Moving segments' files, on one disk, so that a power cut cannot undo it."""

from collections.abc import Iterable
from pathlib import Path

from luzeiro.evidence.durable import sync_folder


def move(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Move segments' files into a folder, and the notes that lie beside each before it.

    A note has the segment's name, with or without `.parquet`, and then an ending of its own. It
    goes first: where the segment is, its notes are. All are synced once, at the end.
    """
    paths = list(paths)
    if not paths:
        return []
    fresh = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    moved = []
    for path in paths:
        for note in sorted(path.parent.glob(f"{path.stem}.*")):
            if note != path:
                note.rename(folder / note.name)
        moved.append(path.rename(folder / path.name))
    changed = {folder, *(path.parent for path in paths), *((folder.parent,) if fresh else ())}
    for one in sorted(changed):
        sync_folder(one)
    return moved
