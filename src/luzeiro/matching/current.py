"""The index in use: follows the swaps at a path."""

from pathlib import Path

from luzeiro.matching.index import MatchingIndex


class CurrentIndex:
    """Holds the index at a path open and takes the next one when a build has swapped it.

    Whoever still holds `index` from before keeps answers from before.
    """

    def __init__(self, path: Path) -> None:
        """Open the index.

        Raises:
            FileNotFoundError, DamagedIndexError: as `MatchingIndex.open`.
        """
        self._path = path
        self._stamp = _stamp(path)
        self.index = MatchingIndex.open(path)

    def reopen_if_changed(self) -> bool:
        """Take the index at the path if it is another; one look at the folder, so call it often.

        Raises:
            FileNotFoundError, DamagedIndexError: the old one stays open; the next call tries again.
        """
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return False
        self.index = MatchingIndex.open(self._path)
        self._stamp = stamp
        return True


def _stamp(path: Path) -> tuple[int, int, int, int]:
    # Taken before opening: a swap in between is then seen at the next call, never missed.
    stat = path.stat()
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns
