import socket

import pyarrow as pa
import pytest

from luzeiro.sightings.driver.frames import (
    BrokenLinkError,
    as_stream,
    from_stream,
    receive,
    send,
)


def test_a_frame_arrives_whole() -> None:
    left, right = socket.socketpair()
    with left, right:
        send(left, {"do": "ask", "question": "\u00e1 \x00"}, b"body")
        head, body = receive(right)
    assert head == {"do": "ask", "question": "\u00e1 \x00"}
    assert body.to_pybytes() == b"body"


def test_a_link_that_closes_or_says_something_else_is_broken() -> None:
    for said in (b"", b"\0\0\0\1", b"\xff" * 12, b"\0\0\0\1" + bytes(8) + b"{"):
        left, right = socket.socketpair()
        with right:
            with left:
                left.sendall(said)
            with pytest.raises(BrokenLinkError):
                receive(right)


def test_rows_go_there_and_back() -> None:
    rows = pa.table({"a": pa.array([b"x" * 16], pa.binary(16)), "b": [["\u00e1"]]})
    assert from_stream(as_stream(rows)) == rows
    with pytest.raises(BrokenLinkError, match="no Arrow stream"):
        from_stream(pa.py_buffer(b"nothing"))
