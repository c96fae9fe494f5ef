from hypothesis import given
from hypothesis import strategies as st

from luzeiro.casework.typed import printable


def test_what_cannot_be_seen_is_left_out() -> None:
    assert printable(" a\0b\x1b[0m\u202ec ", most=60) == "ab[0mc"


@given(st.text(), st.integers(0, 50))
def test_what_is_kept_fits_and_is_kept_again_as_it_is(text: str, most: int) -> None:
    kept = printable(text, most=most)
    assert len(kept) <= most
    assert "\0" not in kept
