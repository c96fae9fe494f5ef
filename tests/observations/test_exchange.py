import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.observations.exchange import (
    Direction,
    Frame,
    Purpose,
    Transcript,
    decode,
    encode,
    sha256,
)

FRAMES = st.builds(
    Frame,
    st.sampled_from(Direction),
    st.integers(min_value=-(2**63), max_value=2**63 - 1),
    st.binary(max_size=200),
)
TRANSCRIPTS = st.builds(
    Transcript,
    st.sampled_from(Purpose),
    st.sampled_from(["udp", "tcp", "tcp+mse"]),
    st.text(max_size=30),
    st.text(max_size=30),
    st.lists(FRAMES, max_size=4).map(tuple),
    st.binary(max_size=100),
)
ONE = Transcript(
    Purpose.STATEMENT,
    "tcp",
    "192.0.2.1:1000",
    "198.51.100.2:6881",
    (Frame(Direction.SENT, 1, b"ours"), Frame(Direction.RECEIVED, 2, b"theirs")),
)


@given(st.lists(TRANSCRIPTS, max_size=4).map(tuple))
def test_an_exchange_comes_back_as_it_was(transcripts: tuple[Transcript, ...]) -> None:
    assert decode(encode(transcripts)) == transcripts


def test_the_encoding_is_the_documented_one_byte_for_byte() -> None:
    frame = Frame(Direction.RECEIVED, 258, b"\x01\x02")
    one = Transcript(Purpose.INDEX, "udp", "", "a", (frame,), b"\xff")
    assert encode([one]) == (
        b"LZX1\x05index\x03udp\x00\x01a\x00\x01\xff\x00\x00\x00\x01"
        b"<\x00\x00\x00\x00\x00\x00\x01\x02\x00\x00\x00\x02\x01\x02"
    )


def test_an_exchange_is_named_by_its_sha_256() -> None:
    assert sha256(encode([ONE])) == hashlib.sha256(encode([ONE])).digest()


@pytest.mark.parametrize("length", range(4, len(encode([ONE]))))
def test_an_exchange_cut_short_anywhere_is_refused(length: int) -> None:
    if length == 4:
        assert decode(encode([ONE])[:4]) == ()  # whole, and empty
        return
    with pytest.raises(ValueError, match="cut short"):
        decode(encode([ONE])[:length])


@given(st.binary(max_size=300))
def test_any_bytes_are_an_exchange_or_a_value_error(data: bytes) -> None:
    for candidate in (data, b"LZX1" + data):
        try:
            assert isinstance(decode(candidate), tuple)
        except ValueError:
            continue
