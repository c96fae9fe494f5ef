"""The file on disk is as docs/reference/matching-index.md says, read here without our reader."""

import struct
from hashlib import sha256
from pathlib import Path

import numpy as np

from luzeiro.matching.runs import Rows
from luzeiro.matching.write import IndexWriter
from luzeiro.observations.identifiers import IdentifierKind
from tests.matching.digests import table

LOW, HIGH = bytes(7) + b"\x01" + b"a" * 12, b"\x02" * 8 + b"b" * 12


def test_the_file_reads_as_the_reference_page_says(tmp_path: Path) -> None:
    with IndexWriter(tmp_path / "index", IdentifierKind.SHA1, most=1000) as writer:
        writer.append(Rows.of(table([LOW], 20), np.array([7], np.uint32)))
        writer.append(Rows.of(table([HIGH], 20), np.array([0xFFFFFFFF], np.uint32)))
        digest = writer.finish()
    whole = (tmp_path / "index").read_bytes()
    assert whole[:8] == b"LUZINDEX"
    assert struct.unpack_from("<II16sIIQII", whole, 8) == (
        1,
        256,
        b"sha1".ljust(16, b"\0"),
        20,
        8,
        2,
        262_144,
        1,
    )
    keys_at, tails_at, offsets_at, seals_at, end = struct.unpack_from("<5Q", whole, 56)
    assert (keys_at, end) == (256, len(whole))
    assert struct.unpack_from("<2Q", whole, keys_at) == (1, 0x0202020202020202)
    assert whole[keys_at + 16 : keys_at + 80] == b"\xff" * 64
    assert whole[tails_at : tails_at + 32] == b"a" * 12 + struct.pack(
        "<I", 7
    ) + b"b" * 12 + struct.pack("<I", 0xFFFFFFFF)
    offsets = struct.unpack_from("<257I", whole, offsets_at)
    assert offsets == (0, 1, 1, *[2] * 254)
    assert whole[seals_at:] == sha256(whole[256:seals_at]).digest()
    assert whole[96:128] == sha256(whole[seals_at:]).digest()
    assert whole[128:224] == bytes(96)
    assert digest == whole[224:256] == sha256(whole[:224]).digest()
