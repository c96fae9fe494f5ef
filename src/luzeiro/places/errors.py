"""What is wrong with a file of places."""

from pathlib import Path


class PlaceTableError(Exception):
    """A table, list or delegation file cannot be used: which, why, and what to do."""

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"{path} cannot be used: {why}. Fetch it again from its publisher.")


class BrokenDataError(Exception):
    """Bytes that are not what their format says; `PlaceTableError` then names the file."""
