"""Metainfo files and info dictionaries (BEP 3, BEP 47, BEP 52): which file lies in which pieces.

Names, sizes and digests only. A hybrid torrent's two descriptions must agree, or neither is used.
"""

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.bittorrent.wire.peerwire import PIECES_LIMIT
from luzeiro.networks.kit.errors import WireError

SIZE_LIMIT_BYTES = 64 * 1024 * 1024
FILES_LIMIT = 1_000_000
PATH_LIMIT = 64  # elements of a path
SIZE_LIMIT_OF_A_FILE = 1 << 50
_MIN_V2_PIECE = 16 * 1024
_BEP_3, _BEP_52 = "BEP 3", "BEP 52"


@dataclass(frozen=True, slots=True)
class TorrentFile:
    """One file of a torrent and its run of pieces, both ends included.

    `first_own` and `last_own` bound the pieces that hold no byte of another file (padding aside);
    where there is none, `first_own` is greater than `last_own`. An empty file has no pieces.
    """

    index: int  # in the order of the info dictionary, padding files counted (BEP 47)
    path: tuple[str, ...]
    size_bytes: int
    first_piece: int
    last_piece: int
    first_own: int
    last_own: int
    pieces_root: bytes | None  # 32 bytes, v2
    padding: bool


@dataclass(frozen=True, slots=True)
class TorrentMap:
    """What an info dictionary says about which file lies where."""

    name: str
    piece_length: int  # bytes
    piece_count: int
    btih: bytes | None  # 20 bytes: SHA-1, if it is a v1 torrent
    btmh: bytes | None  # 32 bytes: SHA-256, if it is a v2 torrent
    files: tuple[TorrentFile, ...]

    @property
    def content_files(self) -> tuple[TorrentFile, ...]:
        """The files that are not padding and not empty."""
        return tuple(file for file in self.files if file.size_bytes and not file.padding)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A file as a list names it, before it is placed."""

    path: tuple[str, ...]
    size_bytes: int
    padding: bool = False
    pieces_root: bytes | None = None


def parse_torrent(data: bytes) -> TorrentMap:
    """Read a .torrent file.

    Raises:
        WireError: not a metainfo file, cut short, or a map that contradicts itself.
    """
    if len(data) > SIZE_LIMIT_BYTES:
        raise WireError(f"a metainfo file of {len(data)} bytes", at=0, spec=_BEP_3)
    start, end = bencode.span_of(data, b"info", spec=_BEP_3)
    return parse_info(data[start:end])


def parse_info(info: bytes) -> TorrentMap:
    """Read an info dictionary, v1, v2 or hybrid.

    Raises:
        WireError: as `parse_torrent`.
    """
    fields = bencode.decode_dict(info, spec=_BEP_3).values
    piece_length = _number(fields, b"piece length", least=1)
    name = _element(fields.get(b"name"))
    is_v2 = fields.get(b"meta version") == 2
    is_v1 = b"pieces" in fields
    if not is_v1 and not is_v2:
        raise WireError("neither 'pieces' nor 'meta version' 2", at=0, spec=_BEP_3)
    v1 = _place_v1(fields, name, piece_length) if is_v1 else None
    v2 = _place_v2(fields, piece_length) if is_v2 else None
    count, files = _agreed(v1, v2)
    if count > PIECES_LIMIT:  # of v2, a size alone claims them: nothing backs it
        raise WireError(f"{count} pieces", at=0, spec=_BEP_52)
    return TorrentMap(
        name=name,
        piece_length=piece_length,
        piece_count=count,
        btih=hashlib.sha1(info, usedforsecurity=False).digest() if is_v1 else None,
        btmh=hashlib.sha256(info).digest() if is_v2 else None,
        files=files,
    )


_Placed = tuple[int, tuple[TorrentFile, ...]]


def _place_v1(fields: "dict[bytes, bencode.Value]", name: str, piece_length: int) -> _Placed:
    """One run of bytes, file after file, cut into pieces."""
    pieces = fields[b"pieces"]
    if not isinstance(pieces, bytes) or len(pieces) % 20 or not pieces:
        raise WireError("'pieces' is not a run of 20-byte digests", at=0, spec=_BEP_3)
    listed = list(_listed_v1(fields, name))
    total = sum(file.size_bytes for file in listed)
    count = len(pieces) // 20
    if count != -(-total // piece_length):
        raise WireError(f"{count} pieces for {total} bytes", at=0, spec=_BEP_3)
    return count, tuple(_run_of_bytes(listed, piece_length))


def _listed_v1(fields: "dict[bytes, bencode.Value]", name: str) -> Iterator[_Listed]:
    if b"length" in fields:
        yield _Listed((name,), _number(fields, b"length"))
        return
    files = fields.get(b"files")
    if not isinstance(files, list) or not files or len(files) > FILES_LIMIT:
        raise WireError("neither 'length' nor a list of 'files'", at=0, spec=_BEP_3)
    for file in files:
        if not isinstance(file, dict) or not isinstance(path := file.get(b"path"), list):
            raise WireError("a file without a 'path'", at=0, spec=_BEP_3)
        attributes = file.get(b"attr", b"")
        padding = isinstance(attributes, bytes) and b"p" in attributes
        yield _Listed(_path(path, padding=padding), _number(file, b"length"), padding)


def _run_of_bytes(listed: list[_Listed], piece_length: int) -> Iterator[TorrentFile]:
    """Place files one after the other; a piece is a file's own if no other file reaches into it."""
    sized = [place for place, file in enumerate(listed) if file.size_bytes and not file.padding]
    starts, offset = [], 0
    for file in listed:
        starts.append(offset)
        offset += file.size_bytes
    ends = [start + file.size_bytes for start, file in zip(starts, listed, strict=True)]
    before = dict(zip(sized[1:], sized, strict=False))
    after = dict(itertools.pairwise(sized))
    for index, file in enumerate(listed):
        first, last = starts[index] // piece_length, (ends[index] - 1) // piece_length
        shares_first = index in before and (ends[before[index]] - 1) // piece_length == first
        shares_last = index in after and starts[after[index]] // piece_length == last
        if not file.size_bytes:
            last = first - 1
        yield TorrentFile(
            index,
            file.path,
            file.size_bytes,
            first,
            last,
            first + shares_first,
            last - shares_last,
            file.pieces_root,
            file.padding,
        )


def _place_v2(fields: "dict[bytes, bencode.Value]", piece_length: int) -> _Placed:
    """Each file begins a piece of its own (BEP 52)."""
    if piece_length < _MIN_V2_PIECE or piece_length & (piece_length - 1):
        raise WireError(f"'piece length' {piece_length}", at=0, spec=_BEP_52)
    tree = fields.get(b"file tree")
    if not isinstance(tree, dict) or not tree:
        raise WireError("no 'file tree'", at=0, spec=_BEP_52)
    placed, piece = [], 0
    for index, file in enumerate(_listed_v2(tree, ())):
        pieces = -(-file.size_bytes // piece_length)
        last = piece + pieces - 1
        placed.append(
            TorrentFile(
                index, file.path, file.size_bytes, piece, last, piece, last, file.pieces_root, False
            )
        )
        piece += pieces
        if index >= FILES_LIMIT:
            raise WireError(f"more than {FILES_LIMIT} files", at=0, spec=_BEP_52)
    if not piece:
        raise WireError("a torrent without content", at=0, spec=_BEP_52)
    return piece, tuple(placed)


def _listed_v2(tree: "dict[bytes, bencode.Value]", above: tuple[str, ...]) -> Iterator[_Listed]:
    # As deep as bencode allows at most: its own limit bounds the recursion.
    for name, below in tree.items():
        if not isinstance(below, dict):
            raise WireError("a 'file tree' with something else in it", at=0, spec=_BEP_52)
        path = (*above, _element(name))
        leaf = below.get(b"")
        if leaf is None:
            yield from _listed_v2(below, path)
            continue
        if not isinstance(leaf, dict) or len(below) != 1:
            raise WireError("a file that is a folder too", at=0, spec=_BEP_52)
        size, root = _number(leaf, b"length"), leaf.get(b"pieces root")
        if size and not (isinstance(root, bytes) and len(root) == 32):
            raise WireError("a file without a 'pieces root' of 32 bytes", at=0, spec=_BEP_52)
        yield _Listed(path, size, pieces_root=root if isinstance(root, bytes) else None)


def _agreed(v1: _Placed | None, v2: _Placed | None) -> _Placed:
    """Give the one map; of a hybrid, v1's numbering of files with v2's roots.

    Raises:
        WireError: a hybrid whose two maps name different files.
    """
    if v1 is None or v2 is None:
        placed = v1 or v2
        assert placed is not None
        return placed
    roots = {(*file.path[-1:], file.size_bytes, file.first_piece): file for file in v2[1]}
    merged = []
    for file in v1[1]:
        twin = roots.pop((*file.path[-1:], file.size_bytes, file.first_piece), None)
        if twin is None and not file.padding and file.size_bytes:
            raise WireError(f"file {file.index} is not in the 'file tree'", at=0, spec=_BEP_52)
        merged.append(replace(file, pieces_root=twin.pieces_root if twin else None))
    if any(file.size_bytes for file in roots.values()) or v1[0] != v2[0]:
        raise WireError("'files' and 'file tree' differ", at=0, spec=_BEP_52)
    return v1[0], tuple(merged)


def _number(fields: "dict[bytes, bencode.Value]", key: bytes, least: int = 0) -> int:
    value = fields.get(key)
    if not isinstance(value, int) or not least <= value <= SIZE_LIMIT_OF_A_FILE:
        raise WireError(f"{key.decode()!r} is {value!r:.40}", at=0, spec=_BEP_3)
    return value


def _path(elements: "list[bencode.Value]", *, padding: bool) -> tuple[str, ...]:
    if not 1 <= len(elements) <= PATH_LIMIT:
        raise WireError(f"a path of {len(elements)} elements", at=0, spec=_BEP_3)
    if padding:
        return (".pad",)
    return tuple(map(_element, elements))


def _element(value: "bencode.Value | None") -> str:
    """Read one path element. Nothing is ever written under it, so only nonsense is refused."""
    if not isinstance(value, bytes) or not value or value in (b".", b"..") or b"/" in value:
        raise WireError(f"a name that is {value!r:.40}", at=0, spec=_BEP_3)
    return value.decode("utf-8", "backslashreplace")
