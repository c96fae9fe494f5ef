"""Fields of a row."""

from ast import literal_eval
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.catalogue.readers import fields
from luzeiro.catalogue.readers.errors import FieldError
from luzeiro.observations.identifiers import IdentifierKind
from tests.catalogue.readers.builders import identifiers, invented

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none())


def test_a_digest_is_read_in_either_case_and_between_spaces() -> None:
    text = invented("sha1", 1)
    expected = identifiers(1, "sha1")[0]
    for written in (text, text.lower(), f" {text}\r"):
        assert fields.digest(IdentifierKind.SHA1, written, "x") == expected


@pytest.mark.parametrize(
    "value", ["", "zz", "a" * 31, "a" * 33, "aa " * 16, "é" * 32, "a" * 10**6, 5, None, b"x"]
)
def test_what_is_no_digest_is_refused(value: object) -> None:
    with pytest.raises(FieldError):
        fields.digest(IdentifierKind.MD5, value, "x")


def test_what_a_message_quotes_stays_short_however_it_must_be_escaped() -> None:
    with pytest.raises(FieldError) as refused:
        fields.digest(IdentifierKind.MD5, "00" + "\U0001f600" * 17, "x")
    assert len(str(refused.value)) < 200
    assert fields.quoted("00" + "\U0001f600" * 17) == r"'00\U0001f600\U0001f600\U0001f600'"


@given(st.text() | st.text("'\"\\\n\U0001f600"))
def test_what_is_quoted_reads_back_as_the_beginning_of_the_value(value: str) -> None:
    said = fields.quoted(value)
    assert len(said) <= 42
    assert value.startswith(literal_eval(said))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), ("", None), (0, None), ("0", None), (5, 5), (" 7 ", 7), (2**63 - 1, 2**63 - 1)],
)
def test_sizes(value: object, expected: int | None) -> None:
    assert fields.size(value, "x") == expected


@pytest.mark.parametrize("value", [-1, 2**63, "1e3", "٣", "9" * 5000, True, 1.0, float("nan"), []])
def test_what_is_no_size_is_refused(value: object) -> None:
    with pytest.raises(FieldError):
        fields.size(value, "x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2023-06-07T02:31:49.8300Z", date(2023, 6, 7)),
        ("2025-01-02T23:04:05-05:00", date(2025, 1, 2)),  # the day as written
        ("2024-05-06", date(2024, 5, 6)),
        ("/Date(1404043200000)/", date(2014, 6, 29)),
        ("/Date(-1)/", date(1969, 12, 31)),
        ("0001-01-01T00:00:00", None),  # .NET's date that was never set
        (None, None),
        ("", None),
    ],
)
def test_days(value: object, expected: date | None) -> None:
    assert fields.day(value, "x") == expected


@pytest.mark.parametrize(
    "value", ["yesterday", "2023-02-30", "/Date(999999999999999)/", "/Date(x)/", 5, True]
)
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(FieldError):
        fields.day(value, "x")


@pytest.mark.parametrize(
    ("value", "expected"), [(3, "3"), (" A ", "A"), (None, None), ("", None), ("  ", None)]
)
def test_labels(value: object, expected: str | None) -> None:
    assert fields.label(value, "x") == expected


@pytest.mark.parametrize("value", [-1, 10**9, 1.5, True, "x" * 65, "a\nb", "\ud800", [], {}])
def test_what_is_no_label_is_refused(value: object) -> None:
    with pytest.raises(FieldError):
        fields.label(value, "x")


@given(ANYTHING)
def test_any_value_is_read_or_refused_and_never_more(value: object) -> None:
    for read in (fields.size, fields.label, fields.day):
        try:
            read(value, "x")
        except FieldError as error:
            assert len(str(error)) < 200
            str(error).encode("ascii", "strict")


def test_a_row_has_a_limit_of_identifiers() -> None:
    many = [identifiers(number, "md5")[0] for number in range(fields.MAX_IDENTIFIERS + 1)]
    with pytest.raises(FieldError, match="more than"):
        fields.distinct(many)
