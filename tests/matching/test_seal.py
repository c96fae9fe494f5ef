"""Seals: one SHA-256 a block, however the bytes were written."""

from hashlib import sha256
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from luzeiro.matching.seal import SealedWriter


@given(st.lists(st.binary(max_size=40), max_size=10), st.integers(1, 32))
def test_each_block_is_sealed_wherever_the_writes_end(parts: list[bytes], block: int) -> None:
    file = BytesIO()
    writer = SealedWriter(file, block)
    for part in parts:
        writer.write(memoryview(part))
    whole = b"".join(parts)
    assert file.getvalue() == whole
    assert writer.seals() == b"".join(
        sha256(whole[at : at + block]).digest() for at in range(0, len(whole), block)
    )


def test_filling_goes_up_to_a_place() -> None:
    file = BytesIO()
    writer = SealedWriter(file, 8)
    writer.write(memoryview(b"abc"))
    writer.fill_to(5)
    writer.fill_to(5)
    assert file.getvalue() == b"abc\0\0"
    assert writer.written == 5
