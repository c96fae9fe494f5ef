"""Torrents for tests: made by libtorrent from random bytes, or written field by field."""

from collections.abc import Mapping
from pathlib import Path
from random import Random

import libtorrent as lt

from luzeiro.networks.bittorrent.wire import bencode

PIECE = 16 * 1024


def info_dict(**changes: "bencode.Encodable | None") -> bytes:
    """A v1 info dictionary of one file and two pieces; None takes a field away."""
    fields: dict[str, bencode.Encodable | None] = {
        "name": b"one.bin",
        "length": PIECE + 1,
        "piece_length": PIECE,
        "pieces": bytes(40),
        **changes,
    }
    return bencode.encode(
        {
            name.replace("_", " ").encode(): value
            for name, value in fields.items()
            if value is not None
        }
    )


def v2_info(tree: "Mapping[bytes, bencode.Encodable]", piece_length: int = PIECE) -> bytes:
    """A v2 info dictionary with this file tree."""
    return bencode.encode(
        {
            b"file tree": tree,
            b"meta version": 2,
            b"name": b"folder",
            b"piece length": piece_length,
        }
    )


def leaf(size_bytes: int) -> "bencode.Encodable":
    return {b"": {b"length": size_bytes, b"pieces root": b"\x22" * 32}}


def write_files(folder: Path, sizes: Mapping[str, int], seed: int = 1) -> None:
    """Write lab files of random bytes."""
    random = Random(seed)
    for name, size in sizes.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(random.randbytes(size))


def make_torrent(content: Path, flags: int = 0, piece_length: int = PIECE) -> bytes:
    """Give the .torrent that libtorrent makes of a file or a folder."""
    made = lt.create_torrent(lt.list_files(str(content)), piece_length, flags)
    lt.set_piece_hashes(made, str(content.parent))
    return bytes(lt.bencode(made.generate()))


V1, V2, HYBRID = lt.create_torrent.v1_only, lt.create_torrent.v2_only, 0
