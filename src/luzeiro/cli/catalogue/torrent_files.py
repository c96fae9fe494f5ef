"""Reading .torrent files, one or a folder of them, as rows of a list."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.importing import Row
from luzeiro.catalogue.rows import RejectedRow
from luzeiro.catalogue.torrents import mapped_files
from luzeiro.networks.bittorrent.wire.metainfo import SIZE_LIMIT_BYTES, TorrentMap, parse_torrent
from luzeiro.networks.kit.errors import WireError

_DICTIONARY = re.compile(rb"d\d{1,3}:")  # bencoded, with a key first (BEP 3)


def looks_so(head: bytes) -> bool:
    """Whether the first bytes are those of a .torrent file."""
    return _DICTIONARY.match(head) is not None


def read_torrent(path: Path) -> tuple[bytes, TorrentMap]:
    """Read a .torrent file.

    Raises:
        CatalogueError: it cannot be read, or is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT_BYTES + 1)
        return data, parse_torrent(data)
    except OSError as error:
        raise CatalogueError(
            f"{path}: {error.strerror}. Name a .torrent file or a link."
        ) from error
    except WireError as error:
        raise CatalogueError(f"{path} is not a torrent file, or is damaged: {error}.") from error


def torrents_in(folder: Path) -> list[Path]:
    """The .torrent files in a folder and below.

    Raises:
        CatalogueError: there is none.
    """
    found = sorted(folder.rglob("*.torrent"))
    if not found:
        raise CatalogueError(f"{folder} holds no .torrent file. Name a list, or another folder.")
    return found


def folder_sha256(paths: Sequence[Path], folder: Path) -> str:
    """One digest for a folder: SHA-256 over the lines that sha256sum would print for its files."""
    whole = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{digest}  {path.relative_to(folder)}\n".encode(errors="surrogateescape"))
    return whole.hexdigest()


def rows_of_folder(paths: Sequence[Path], folder: Path, *, everything: bool) -> Iterator[Row]:
    """Give the categorised files of many torrents; a bad torrent costs itself alone."""
    for path in paths:
        at = ascii(str(path.relative_to(folder)))[1:-1]
        try:
            _, torrent = read_torrent(path)
            yield from list(mapped_files(torrent, [], everything=everything, at=at))
        except CatalogueError as error:
            yield RejectedRow(at, str(error)[:500])
