"""Moving segments' files, on one disk, so that a power cut cannot undo it."""

from pathlib import Path

from luzeiro.evidence.durable import sync_folder


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
