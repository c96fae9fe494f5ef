"""Whatever a list of tags holds, it is tags or WireError, soon.

python -m fuzz.fuzz_tags [--inputs 2000000] [--seed 1]
"""

import struct

from fuzz.mutate import main
from luzeiro.networks.edonkey.wire.tags import TAGS_LIMIT, Tag, encode_tags, read_tags
from luzeiro.networks.kit.reader import Reader

NAME = struct.pack("<H", 1) + b"\xfe"
EVERY_TYPE = [
    b"\x01" + NAME + bytes(16),
    b"\x02" + NAME + b"\x03\0abc",
    b"\x04" + NAME + bytes(4),
    b"\x05" + NAME + b"\1",
    b"\x06" + NAME + b"\x09\0ab",
    b"\x07" + NAME + b"\2\0\0\0ab",
    b"\x88\xfd\x36\x12",
    b"\x89\xff\x01",
    b"\x0a" + NAME + b"\2ab",
    b"\x8b\x02" + bytes(8),
    b"\x93\x01abc",
]
SEEDS = [
    encode_tags([Tag(b"\x01", b"nick"), Tag(b"\x11", 60), Tag(b"\xfa", 2**31)]),
    *(struct.pack("<I", 1) + one for one in EVERY_TYPE),
    struct.pack("<I", len(EVERY_TYPE)) + b"".join(EVERY_TYPE),
]


def read(data: bytes) -> None:
    """Read a list that begins with its length."""
    reader = Reader(data, "fuzz")
    tags = read_tags(reader, reader.uint32())
    assert len(tags) <= TAGS_LIMIT


if __name__ == "__main__":
    main("tags", read, SEEDS)
