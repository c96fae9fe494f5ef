"""Moving segments' files, on one disk, so that a power cut cannot undo it."""

from collections.abc import Iterable
from pathlib import Path

from luzeiro.evidence.durable import make_folder, sync_folder


def move(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Move segments' files into a folder, and the notes that lie beside each before it.

    A note has the segment's name, with or without `.parquet`, and then an ending of its own. It
    goes first: where the segment is, its notes are. All are synced once, at the end, and the
    folders that they left last: a cut between leaves a file in both, never in neither.
    """
    paths = list(paths)
    if not paths:
        return []
    changed = make_folder(folder)
    moved = []
    for path in paths:
        for note in sorted(path.parent.glob(f"{path.stem}.*")):
            if note != path:
                note.rename(folder / note.name)
        moved.append(path.rename(folder / path.name))
    left = {path.parent for path in paths}
    for one in (folder, *(changed - left), *sorted(left)):
        sync_folder(one)
    return moved
