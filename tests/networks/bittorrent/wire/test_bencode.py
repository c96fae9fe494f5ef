"""Bencoding is read strictly and written canonically."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.networks.kit.errors import WireError

VALUES = st.recursive(
    st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.binary(max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


def decode(data: bytes) -> bencode.Value:
    return bencode.decode(data, spec="BEP 3")


def test_reads_the_examples_that_bep_3_prints() -> None:
    assert decode(b"4:spam") == b"spam"
    assert decode(b"i3e") == 3
    assert decode(b"i-3e") == -3
    assert decode(b"l4:spam4:eggse") == [b"spam", b"eggs"]
    assert decode(b"d3:cow3:moo4:spam4:eggse") == {b"cow": b"moo", b"spam": b"eggs"}
    assert decode(b"d4:spaml1:a1:bee") == {b"spam": [b"a", b"b"]}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cut short"),
        (b"i03e", "not a number"),
        (b"i-0e", "not a number"),
        (b"ie", "not a number"),
        (b"i12", "not a number"),
        (b"i18446744073709551616e", "a number beyond 64 bits"),
        (b"i-9223372036854775809e", "a number beyond 64 bits"),
        (b"i" + b"9" * 100_000 + b"e", "not a number"),
        (b"-1:a", "expected a string"),
        (b"04:spam", "expected a string"),
        (b"5:spam", "a string runs past the end"),
        (b"99999999999:spam", "expected a string"),
        (b"4:spamx", "1 bytes after the value"),
        (b"l4:spam", "cut short"),
        (b"d3:cowe", "expected a string"),
        (b"di1e3:cowe", "expected a string"),
        (b"d1:ai1e1:ai2ee", "the key 'a' twice"),
        (b"l" * 33 + b"e" * 33, "nested more than 32 deep"),
        (b"d1:a" * 100_000, "nested more than 32 deep"),
        (b"x", "expected a string"),
    ],
)
def test_refuses_what_bep_3_does_not_allow(data: bytes, why: str) -> None:
    with pytest.raises(WireError, match=why):
        decode(data)


def test_reads_thirty_two_levels() -> None:
    value = decode(b"l" * 32 + b"e" * 32)
    for _ in range(31):
        assert isinstance(value, list)
        (value,) = value
    assert value == []


def test_keys_out_of_order_are_refused_only_where_the_canonical_form_is_asked_for() -> None:
    swapped = b"d1:bi1e1:ai2ee"
    assert decode(swapped) == {b"a": 2, b"b": 1}
    with pytest.raises(WireError, match="the key 'a' out of order, at byte 7"):
        bencode.decode(swapped, spec="BEP 3", canonical=True)


def test_an_error_says_what_where_and_which_specification() -> None:
    with pytest.raises(WireError) as caught:
        bencode.decode(b"d1:ai0e1:bi00ee", spec="BEP 9")
    assert str(caught.value) == "not a number, at byte 10 (BEP 9)"
    assert caught.value.at == 10


def test_a_prefix_leaves_what_follows_alone() -> None:
    value, end = bencode.decode_prefix(b"d5:piecei0eeRAW", spec="BEP 9")
    assert (value, end) == ({b"piece": 0}, 12)
    assert bencode.decode_prefix(b"..i7e..", spec="BEP 9", start=2) == (7, 5)


def test_the_span_of_a_key_is_its_raw_bytes() -> None:
    data = b"d1:a4:info4:infod1:bi1e1:ai2ee1:zi0ee"
    start, end = bencode.span_of(data)
    assert data[start:end] == b"d1:bi1e1:ai2ee"


@pytest.mark.parametrize("data", [b"d1:ai1ee", b"le", b"d4:info", b"d4:infodeex", b""])
def test_no_span_is_given_where_the_key_is_missing_or_the_data_is_broken(data: bytes) -> None:
    with pytest.raises(WireError):
        bencode.span_of(data)


def test_fields_are_read_by_name_type_and_size() -> None:
    fields = bencode.decode_dict(b"d1:dd1:xi1ee2:id2:ab1:lli1ee1:ni5ee", spec="BEP 5")
    assert fields.bytes_at(b"id", size=2) == b"ab"
    assert fields.int_at(b"n") == 5
    assert fields.list_at(b"l") == [1]
    assert fields.dict_at(b"d").int_at(b"x") == 1
    assert b"id" in fields
    assert b"q" not in fields


def test_fields_that_are_missing_or_wrong_say_so() -> None:
    fields = bencode.decode_dict(b"d2:id2:ab1:ni5ee", spec="BEP 5")
    with pytest.raises(WireError, match=r"'id' has 2 bytes, expected 20, at byte 0 \(BEP 5\)"):
        fields.bytes_at(b"id", size=20)
    with pytest.raises(WireError, match="'n' is not a list"):
        fields.list_at(b"n")
    with pytest.raises(WireError, match="'r' is missing"):
        fields.dict_at(b"r")
    with pytest.raises(WireError, match="'id' is not a number"):
        fields.int_at(b"id")
    with pytest.raises(WireError, match="'n' is 5, below 6"):
        fields.int_at(b"n", least=6)
    with pytest.raises(WireError, match="'n' is not a string"):
        fields.bytes_at(b"n")
    with pytest.raises(WireError, match="not a dictionary"):
        bencode.decode_dict(b"le", spec="BEP 5")


def test_what_bencoding_has_no_form_for_is_not_encoded() -> None:
    for value in ("text", 1.5, None, True):
        with pytest.raises(TypeError, match="bencoding has no form for"):
            bencode.encode(value)  # type: ignore[arg-type]


@given(VALUES)
def test_what_is_encoded_is_canonical_and_decodes_to_the_same(value: bencode.Value) -> None:
    assert bencode.decode(bencode.encode(value), spec="BEP 3", canonical=True) == value


@given(st.binary(max_size=300) | st.text("dlie0123456789:-ab", max_size=60).map(str.encode))
def test_any_bytes_are_a_value_with_one_canonical_form_or_a_wire_error(data: bytes) -> None:
    with suppress(WireError):
        value = bencode.decode(data, spec="BEP 3", canonical=True)
        assert bencode.encode(value) == data
