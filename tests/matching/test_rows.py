"""Digests against a sorted array: exact, whatever bytes they end or begin with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from luzeiro.matching.rows import find_rows

WIDTHS = (16, 20, 24, 32)


def table(digests: list[bytes], width: int) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(digests), np.uint8).reshape(-1, width)


@st.composite
def lists_that_collide(draw: st.DrawFn) -> tuple[int, list[bytes], list[bytes]]:
    """Digests of few letters, so that prefixes are shared and many begin or end in zeros."""
    width = draw(st.sampled_from(WIDTHS))
    letters = st.sampled_from([0, 1, 127, 128, 255])
    runs = st.builds(
        lambda a, n, b: bytes([a]) * n + bytes([b]) * (width - n),
        letters,
        st.integers(0, width),
        letters,
    )
    free = st.binary(min_size=width, max_size=width)
    known = sorted(draw(st.sets(runs | free, max_size=40)))
    asked = draw(st.lists(runs | free | (st.sampled_from(known) if known else free), max_size=40))
    return width, known, asked


@given(lists_that_collide())
def test_each_digest_finds_its_own_row_and_no_other(
    case: tuple[int, list[bytes], list[bytes]],
) -> None:
    width, known, asked = case
    row_of = {digest: row for row, digest in enumerate(known)}
    found = find_rows(table(asked, width), table(known, width))
    assert found.dtype == np.int64
    assert found.tolist() == [row_of.get(digest, -1) for digest in asked]


def test_trailing_zeros_are_part_of_a_digest() -> None:
    known = [b"\x07" + bytes(19), b"\x07" + bytes(18) + b"\x01", b"\x07\x01" + bytes(18)]
    asked = [*known[::-1], b"\x07" + bytes(17) + b"\x01\x00", bytes(20)]
    assert find_rows(table(asked, 20), table(known, 20)).tolist() == [2, 1, 0, -1, -1]


def test_a_digest_above_all_known_is_not_found() -> None:
    assert find_rows(table([b"\xff" * 20], 20), table([bytes(20)], 20)).tolist() == [-1]


def test_nothing_known_and_nothing_asked_both_work() -> None:
    none, one = table([], 20), table([bytes(20)], 20)
    assert find_rows(one, none).tolist() == [-1]
    assert find_rows(none, one).tolist() == []


def test_a_slice_of_a_wider_table_is_read_as_it_stands() -> None:
    wide = np.arange(4 * 32, dtype=np.uint8).reshape(4, 32)
    assert find_rows(wide[::-1, 4:24], wide[:, 4:24]).tolist() == [3, 2, 1, 0]


def test_different_widths_are_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes wide, known 20"):
        find_rows(table([], 16), table([], 20))


def test_what_is_not_a_table_of_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="tables of bytes"):
        find_rows(np.zeros(20, np.uint8), table([], 20))
    with pytest.raises(ValueError, match="tables of bytes"):
        find_rows(np.zeros((1, 20), np.int8), table([], 20))
