"""Small .torrent files of zeroes, made on the spot."""

import hashlib
from pathlib import Path

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.bittorrent.wire.bencode import Encodable

PIECE = 16384


def write_torrent(path: Path, *sizes: int) -> bytes:
    """Write a v1 torrent with files of these sizes; give its btih."""
    pieces = -(-sum(sizes) // PIECE)
    info: dict[bytes, Encodable] = {
        b"name": b"lab",
        b"piece length": PIECE,
        b"pieces": hashlib.sha1(bytes(PIECE)).digest() * pieces,
    }
    if len(sizes) == 1:
        info[b"length"] = sizes[0]
    else:
        info[b"files"] = [
            {b"length": size, b"path": [b"f%d" % place]} for place, size in enumerate(sizes)
        ]
    path.write_bytes(bencode.encode({b"info": info}))
    return hashlib.sha1(bencode.encode(info)).digest()
