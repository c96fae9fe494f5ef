"""The window over a JSON document."""

import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.catalogue.readers import jsontext
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.readers.jsontext import JsonText, Unread
from tests.catalogue.readers.builders import Trickle, repeated

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(_VALUES, max_size=6), st.integers(1, 64), st.booleans(), st.booleans())
def test_elements_are_those_of_the_standard_library(
    values: list[object], step: int, spaced: bool, plain: bool
) -> None:
    data = json.dumps(values, indent=2 if spaced else None, ensure_ascii=plain).encode(
        "utf-8", "surrogatepass"
    )
    text = JsonText(Trickle(data, step))
    assert list(text.elements()) == values
    text.end()


@given(st.lists(_VALUES, max_size=6), st.integers(1, 64))
def test_elements_decoded_at_once_are_the_same(values: list[object], step: int) -> None:
    objects = [{"id": value} for value in values]
    text = JsonText(Trickle(json.dumps(objects).encode(), step))
    assert list(text.elements(json.loads)) == objects


def test_elements_decoded_at_once_are_the_same_wherever_the_window_moves() -> None:
    objects = [{"id": {"00000\x1f\x1f\x1f": False}}, {"id": []}, {"id": 3}]
    data = json.dumps(objects).encode()
    for step in range(1, len(data) + 1):
        assert list(JsonText(Trickle(data, step)).elements(json.loads)) == objects


@given(_VALUES, st.integers(1, 64))
def test_what_is_skipped_ends_where_it_ends(value: object, step: int) -> None:
    text = JsonText(Trickle(json.dumps({"a": value, "b": 1}).encode(), step))
    seen = []
    for key in text.keys():  # noqa: SIM118 - not a mapping
        seen.append(key)
        text.skip()
    text.end()
    assert seen == ["a", "b"]


def test_a_long_string_past_the_window_reads_as_empty_and_the_rest_is_kept() -> None:
    data = repeated(b'[{"a": "', b"\\u0041\\\\", 400_000, b'", "b": [1, "x\\"y"]}, 2]')
    assert list(JsonText(data).elements()) == [{"a": "", "b": [1, 'x"y']}, 2]


def test_an_element_larger_than_the_window_is_passed_over() -> None:
    data = repeated(b"[{", b'"a": 12345678, ', 200_000, b'"b": 1}, 2]')
    first, second = JsonText(data).elements()
    assert isinstance(first, Unread)
    assert second == 2


def test_nesting_has_a_limit() -> None:
    data = repeated(b"[{", b'"a":{', 300_000)
    with pytest.raises(ListError, match=f"deeper than {jsontext.MAX_DEPTH} levels"):
        list(JsonText(data).elements())


def test_bytes_that_are_not_utf_8_are_named_with_their_place() -> None:
    with pytest.raises(ListError, match="not UTF-8, at byte 5"):
        list(JsonText(BytesIO(b'["abc\xff"]')).elements())
