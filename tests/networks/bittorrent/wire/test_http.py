from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.bittorrent.wire.http import BODY_LIMIT_BYTES, Answer, AnswerReader
from luzeiro.networks.kit.errors import WireError

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def read(*pieces: bytes) -> Answer:
    """Read an answer that ends with the link, unless it ends before."""
    reader = AnswerReader()
    for piece in pieces:
        if (answer := reader.feed(piece)) is not None:
            return answer
    return reader.end()


WHOLE = [
    OK + b"Content-Length: 2\r\n\r\nde and what comes after it",
    OK + b"content-length:2\r\nContent-Encoding: identity\r\n\r\nde",
    b"HTTP/1.0 200\r\n\r\nde",
    CHUNKED + b"1\r\nd\r\n01 ;x=y\r\ne\r\n0\r\nTrailer: 1\r\n\r\n",
]


@pytest.mark.parametrize("response", WHOLE)
def test_the_body_is_found_however_its_length_is_told(response: bytes) -> None:
    assert read(response) == Answer(200, b"de")


@pytest.mark.parametrize("response", WHOLE)
def test_it_does_not_matter_in_which_pieces_it_arrives(response: bytes) -> None:
    assert read(*(response[at : at + 1] for at in range(len(response)))) == Answer(200, b"de")


def test_another_status_is_told_without_its_body() -> None:
    assert read(b"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\nelsewhere") == Answer(301, b"")


@pytest.mark.parametrize(
    "response",
    [
        b"",
        OK,
        b"SSH-2.0\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        OK + b"Content-Length: 3\r\n\r\nde",
        OK + b"Content-Length: -1\r\n\r\nde",
        OK + b"Content-Length: +2\r\n\r\nde",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nded",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"Content-Encoding: gzip\r\n\r\nde",
        OK + b"X: 1\r\n folded\r\n\r\nde",
        OK + b"no field\r\n\r\nde",
        CHUNKED + b"9\r\nd\r\n",
        CHUNKED + b"+1\r\nd\r\n0\r\n",
        CHUNKED + b"1\r\nde\r\n0\r\n",
        CHUNKED + b"0x1\r\nd\r\n0\r\n",
        CHUNKED + b"1;" + b"x" * 300,
        OK + b"X: " + b"x" * 20_000,
        OK + b"X: " + b"x" * 20_000 + b"\r\n\r\n",
    ],
)
def test_what_is_not_whole_or_not_unmistakable_is_refused(response: bytes) -> None:
    with pytest.raises(WireError, match="RFC 9112"):
        read(response)


@pytest.mark.parametrize(
    "response",
    [
        OK + b"Content-Length: 1048577\r\n\r\n",
        OK + b"\r\n" + bytes(BODY_LIMIT_BYTES + 1),
        CHUNKED + b"100001\r\n",
        CHUNKED + (b"10000\r\n" + bytes(0x10000) + b"\r\n") * 16 + b"1\r\nx\r\n0\r\n",
    ],
)
def test_a_body_beyond_the_limit_is_refused(response: bytes) -> None:
    with pytest.raises(WireError, match="more than 1 MiB"):
        read(response)


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_a_wire_error(rest: bytes) -> None:
    for head in (b"", OK, CHUNKED):
        with suppress(WireError):
            assert isinstance(read(head + rest), Answer)
