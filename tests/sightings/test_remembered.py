import pyarrow as pa
import pytest

from luzeiro.sightings import remembered
from luzeiro.sightings.remembered import UNSEEN, RememberedKeys


def keys(*values: bytes) -> pa.Array:
    return pa.array(values, pa.large_binary())


def test_keys_are_numbered_in_the_order_in_which_they_came() -> None:
    known = RememberedKeys()
    known.add(keys(b"btih" + b"z" * 24, b"btih" + b"a" * 24))
    known.add(keys(b"btih" + b"m" * 24))
    wanted = keys(b"btih" + b"m" * 24, b"btih" + b"q" * 24, b"btih" + b"z" * 24)
    assert known.find(wanted).tolist() == [2, UNSEEN, 0]
    assert len(known) == 3


def test_nothing_is_found_where_nothing_is() -> None:
    assert RememberedKeys().find(keys(b"k" * 28)).tolist() == [UNSEEN]
    assert RememberedKeys().find(keys()).tolist() == []


def test_keys_that_end_alike_are_told_apart_by_the_rest() -> None:
    known = RememberedKeys()
    known.add(keys(b"btih" + b"d" * 24))
    assert known.find(keys(b"sha1" + b"d" * 24)).tolist() == [UNSEEN]


def test_two_keys_with_one_mark_are_never_taken_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marks = remembered._marks_of
    monkeypatch.setattr(remembered, "_marks_of", lambda some: marks(some) & 1)
    known = RememberedKeys()
    many = [bytes([number]) * 28 for number in range(40)]
    known.add(keys(*many))
    found = known.find(keys(*many)).tolist()
    assert all(number in (UNSEEN, place) for place, number in enumerate(found))
    assert any(number != UNSEEN for number in found)


def test_a_slice_of_keys_is_found_as_the_whole_is() -> None:
    known = RememberedKeys()
    known.add(keys(b"a" * 28, b"b" * 28, b"c" * 28))
    assert known.find(keys(b"x" * 28, b"b" * 28, b"c" * 28).slice(1)).tolist() == [1, 2]


def test_keys_that_are_shorter_than_what_is_looked_at_do_no_harm() -> None:
    known = RememberedKeys()
    known.add(keys(b"", b"short"))
    known.add(keys(b"a" * 28))
    assert known.find(keys(b"", b"a" * 28)).tolist() in ([0, 2], [UNSEEN, 2])
