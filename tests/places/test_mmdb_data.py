import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.places.errors import BrokenDataError
from luzeiro.places.mmdb_data import MOST_NESTED, DataSection
from tests.places.mmdb_writer import Value, _encoded

VALUES: st.SearchStrategy[Value] = st.recursive(
    st.one_of(
        st.text(max_size=60),
        st.integers(0, 2**64 - 1),
        st.floats(allow_nan=False),
        st.booleans(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def section(raw: bytes) -> DataSection:
    return DataSection(memoryview(raw))


@given(VALUES)
def test_what_was_written_by_the_specification_is_read(value: Value) -> None:
    raw = _encoded(value)
    assert section(raw).value_and_end(0) == (value, len(raw))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_broken(raw: bytes) -> None:
    with suppress(BrokenDataError):
        section(raw).value_at(0)


def test_a_pointer_leads_to_a_value_and_the_next_one_follows_the_pointer() -> None:
    raw = b"\x43abc" + b"\x20\x00" + b"\x41z"
    assert section(raw).value_and_end(4) == ("abc", 6)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"\x20\x02\x20\x00", "leads to a pointer"),
        (b"\x20\x09", "points to byte 9"),
        (b"\x43ab", "points to byte 1 of 3"),
        (b"\x42\xff\xfe", "not UTF-8"),
        (b"\xa3\x00\x00\x01", "3 bytes in a field of 2"),
        (b"\x67" + bytes(7), "floating-point number of 7 bytes"),
        (b"\xe1\xc0\x41z", "not text"),
        (b"\xff\xff\xff\xff", "do not fit"),
        (b"\x02\x07", "a boolean of size 2"),
        (b"\x01\x05", "unknown type 12"),
        (b"\x01\x00", "extended type 7"),
    ],
)
def test_what_the_format_does_not_allow_is_refused(raw: bytes, why: str) -> None:
    with pytest.raises(BrokenDataError, match=why):
        section(raw).value_at(0)


def test_nesting_has_an_end() -> None:
    assert section(b"\x01\x04" * 20 + b"\x00\x04").value_at(0)
    with pytest.raises(BrokenDataError, match="nested more than"):
        section(b"\x01\x04" * (MOST_NESTED + 2) + b"\x00\x04").value_at(0)


def test_numbers_keep_their_sign_and_their_width() -> None:
    assert section(b"\x04\x01" + struct.pack(">i", -5)).value_at(0) == -5
    assert section(b"\x01\x01\x05").value_at(0) == 5
    assert section(b"\x10\x03" + b"\xff" * 16).value_at(0) == 2**128 - 1
    assert section(b"\x04\x08" + struct.pack(">f", 1.5)).value_at(0) == 1.5
