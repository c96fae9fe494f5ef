"""What the room is told to look for: eD2k hashes, each with the file's size where a list gives it.

No names, no categories, no casework. Rows are in the order of their hashes (kit/watch_file.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from luzeiro.networks.kit.watch_file import Row, WatchFile, write_rows
from luzeiro.observations.identifiers import Identifier, IdentifierKind

PART_BYTES = 9_728_000  # PARTSIZE: how the network cuts every file
_SCHEMA = pa.schema([("digest", pa.binary(16)), ("size_bytes", pa.uint64())])


@dataclass(frozen=True, slots=True)
class WatchedEd2kFile:
    """One file, by its eD2k hash (MD4, 16 bytes)."""

    digest: bytes
    size_bytes: int | None

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        return (Identifier(IdentifierKind.ED2K, self.digest),)

    @property
    def part_count(self) -> int | None:
        """How many parts a part map of this file counts; None where the size is not known.

        A size that is a multiple of a part counts one more, which is empty (aMule, CKnownFile::
        SetFileSize, m_iED2KPartCount).
        """
        return None if self.size_bytes is None else self.size_bytes // PART_BYTES + 1


def write_ed2k_watch_set(path: Path, files: Iterable[WatchedEd2kFile]) -> str:
    """Write a watch set whole, replacing the one before, and give its revision.

    Raises:
        ValueError: the files do not come in ascending order of their hashes.
    """
    rows: Iterable[Row] = ({"digest": file.digest, "size_bytes": file.size_bytes} for file in files)
    return write_rows(path, _SCHEMA, rows)


class Ed2kWatchSet(WatchFile):
    """An open watch set of eD2k files; the key is the hash."""

    def __init__(self, path: Path) -> None:
        """Map the file.

        Raises:
            WatchSetError: missing, damaged, or something else.
        """
        super().__init__(path, _SCHEMA, "an eD2k")

    def __getitem__(self, number: int) -> WatchedEd2kFile:
        return WatchedEd2kFile(**self.row(number))
