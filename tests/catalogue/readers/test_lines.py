"""Bounded lines."""

from io import BytesIO

import pytest

from luzeiro.catalogue.readers.errors import FieldError
from luzeiro.catalogue.readers.lines import MAX_LINE_BYTES, Lines


def test_a_line_that_is_too_long_counts_as_one_and_is_passed_over() -> None:
    lines = Lines(BytesIO(b"a\n" + b"x" * (3 * MAX_LINE_BYTES) + b"\nb"), "utf-8")
    assert next(lines) == "a\n"
    with pytest.raises(FieldError, match="longer than"):
        next(lines)
    assert (next(lines), lines.number) == ("b", 3)
    assert list(lines) == []
