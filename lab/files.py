"""Lab files: random bytes made on the spot, and torrents of them. Nothing real is ever shared."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import Random
from typing import Any

import libtorrent as lt

PIECE_LENGTH = 64 * 1024


class Version(Enum):
    """Which BitTorrent a torrent is for (BEP 3, BEP 52)."""

    V1 = "v1"
    V2 = "v2"
    HYBRID = "hybrid"


_FLAGS = {Version.V1: lt.create_torrent.v1_only, Version.V2: lt.create_torrent.v2_only}


@dataclass(frozen=True, slots=True)
class LabFile:
    """A file of a torrent, and the pieces that it reaches into, both ends included.

    `index` counts padding files where the info dictionary names them (v1, hybrid) and not where it
    does not (v2).
    """

    index: int
    path: str  # below the folder where the torrent is saved
    size_bytes: int
    first_piece: int
    last_piece: int

    @property
    def pieces(self) -> range:
        return range(self.first_piece, self.last_piece + 1)

    def completeness(self, held: Collection[int]) -> float:
        """Which part of the file's pieces is among `held`, in per cent."""
        return 100.0 * sum(piece in held for piece in self.pieces) / len(self.pieces)


@dataclass(frozen=True, slots=True)
class LabTorrent:
    """A torrent of lab files, and where the whole of it lies on disk."""

    name: str
    path: Path  # the .torrent file
    whole: Path  # the folder to save it to, for somebody who has it all
    btih: bytes | None
    btmh: bytes | None
    piece_count: int
    files: tuple[LabFile, ...]  # padding not among them

    @property
    def wire_infohashes(self) -> tuple[bytes, ...]:
        """What the torrent is asked for by: 20 bytes each."""
        return tuple(digest[:20] for digest in (self.btih, self.btmh) if digest is not None)

    def part(self, share: float) -> frozenset[int]:
        """Pieces spread over the torrent, about `share` of them: each n-th, and not the last."""
        held = {int(number / share) for number in range(round(share * self.piece_count))}
        return frozenset(held) - {self.piece_count - 1}


def make_torrent(
    folder: Path,
    name: str,
    sizes: Mapping[str, int] | int,
    version: Version,
    random: Random,
    *,
    trackers: Sequence[str] = (),
) -> LabTorrent:
    """Make random files and a torrent of them.

    Args:
        folder: where `name`.torrent and whole/`name` go.
        name: of the torrent.
        sizes: bytes by file name; or one number for a torrent of a single file called `name`.
        version: v1, v2 or both.
        random: where the bytes come from.
        trackers: URLs for clients that cannot do without.
    """
    whole = folder / "whole"
    if isinstance(sizes, int):
        _write_random(whole / name, sizes, random)
    else:
        for file, size in sizes.items():
            _write_random(whole / name / file, size, random)
    creator = lt.create_torrent(
        lt.list_files(str(whole / name)), PIECE_LENGTH, _FLAGS.get(version, 0)
    )
    for url in trackers:
        creator.add_tracker(url)
    lt.set_piece_hashes(creator, str(whole))
    path = folder / f"{name}.torrent"
    path.write_bytes(lt.bencode(creator.generate()))
    return read_torrent(path, whole)


def read_torrent(path: Path, whole: Path) -> LabTorrent:
    """Describe a .torrent file as libtorrent understands it (not as we do)."""
    info = _info(path)
    hashes = info.info_hashes()
    has_v1 = hashes.has_v1()
    return LabTorrent(
        name=info.name(),
        path=path,
        whole=whole,
        btih=bytes.fromhex(str(hashes.v1)) if has_v1 else None,
        btmh=bytes.fromhex(str(hashes.v2)) if hashes.has_v2() else None,
        piece_count=info.num_pieces(),
        files=tuple(_files(info, padding_counts=has_v1)),
    )


def _info(path: Path) -> lt.torrent_info:
    info = lt.load_torrent_file(str(path)).ti
    assert info is not None  # a .torrent file has one; only a magnet link lacks it
    return info


def write_part(torrent: LabTorrent, folder: Path, held: Collection[int]) -> None:
    """Save a part of the torrent: the pieces `held` as they are, all the rest zero."""
    info = _info(torrent.path)
    layout = info.layout()
    for file in torrent.files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as empty:
            empty.truncate(file.size_bytes)
    for piece in held:
        for place in info.map_block(piece, 0, info.piece_size(piece)):
            if not layout.file_flags(place.file_index) & lt.file_storage.flag_pad_file:
                _copy(layout.file_path(place.file_index), torrent.whole, folder, place)


def _copy(file: str, source: Path, target: Path, place: Any) -> None:  # Any: libtorrent is untyped
    with (source / file).open("rb") as whole, (target / file).open("r+b") as part:
        whole.seek(place.offset)
        part.seek(place.offset)
        part.write(whole.read(place.size))


def _files(info: Any, *, padding_counts: bool) -> list[LabFile]:  # Any: libtorrent is untyped
    layout, files = info.layout(), []
    index = 0
    for number in range(layout.num_files()):
        padding = bool(layout.file_flags(number) & lt.file_storage.flag_pad_file)
        size = layout.file_size(number)
        if not padding:
            first = info.map_file(number, 0, 1).piece
            last = info.map_file(number, size - 1, 1).piece
            files.append(LabFile(index, layout.file_path(number), size, first, last))
        index += padding_counts or not padding
    return files


def _write_random(path: Path, size: int, random: Random) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(random.randbytes(size))
