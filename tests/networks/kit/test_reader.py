import pytest

from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.reader import Reader


def test_numbers_are_read_lowest_byte_first() -> None:
    reader = Reader(b"\x01" + b"\x01\0" + b"\x01\0\0\0" + b"\x01" + bytes(7) + b"rest", "spec")
    numbers = reader.uint8(), reader.uint16(), reader.uint32(), reader.uint64()
    assert numbers == (1, 1, 1, 1)
    assert (reader.left, reader.rest(), reader.left) == (4, b"rest", 0)


def test_what_is_cut_short_is_the_senders_fault_with_its_place() -> None:
    reader = Reader(b"\x01\x02\x03", "spec")
    reader.uint16()
    with pytest.raises(WireError, match=r"1 bytes left, 4 needed, at byte 2 \(spec\)"):
        reader.uint32()
