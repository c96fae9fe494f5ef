"""The vocabulary that every scheme is translated into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.catalogue.schemes.internal import Act, Age, Depiction, Internal, Kind, meaning

MEANINGS = st.builds(
    Internal,
    st.sampled_from(Kind),
    st.frozensets(st.sampled_from(Act), min_size=1),
    st.frozensets(st.sampled_from(Age), min_size=1),
    st.frozensets(st.sampled_from(Depiction), min_size=1),
)


@given(MEANINGS)
def test_what_is_written_is_read_back(means: Internal) -> None:
    assert Internal.parse(str(means)) == means


@given(MEANINGS, MEANINGS)
def test_what_two_say_together_is_covered_by_both(one: Internal, other: Internal) -> None:
    both = one.narrowed_by(other)
    assert both == other.narrowed_by(one)
    if both is not None:
        assert one.covers(both)
        assert other.covers(both)


@given(MEANINGS, MEANINGS)
def test_a_meaning_that_covers_another_is_not_narrowed_further_by_it(
    one: Internal, other: Internal
) -> None:
    assert one.covers(other) == (one.narrowed_by(other) == other)


def test_different_kinds_contradict_each_other() -> None:
    assert Internal(Kind.ABUSE).narrowed_by(Internal(Kind.NOT_PERTINENT)) is None


@pytest.mark.parametrize(
    "text",
    ["", "abuse;", "abuse;acts=", "abuse;acts=sadism|animal", "abuse;x=1", "abuse;ages", "Abuse"],
)
def test_what_we_do_not_write_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Internal.parse(text)


def test_an_element_must_leave_a_value() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        meaning("abuse", acts=[])
