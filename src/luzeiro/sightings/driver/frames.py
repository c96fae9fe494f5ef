"""What the owner of a store and those who ask it say to each other over a Unix socket.

A frame is eight bytes (length of its JSON head, length of its body; big-endian) and the two. A
request's head names an `Engine` method and its text arguments; bodies are Arrow streams.
"""

import json
import socket
import struct
from collections.abc import Mapping

import pyarrow as pa

_LENGTHS = struct.Struct(">IQ")
_MOST_HEAD, _MOST_BODY = 2**24, 2**36


class BrokenLinkError(Exception):
    """The other side went away, or does not speak this."""


def send(link: socket.socket, head: Mapping[str, object], body: bytes | pa.Buffer = b"") -> None:
    """Send a frame."""
    told = json.dumps(head).encode()
    try:
        link.sendall(_LENGTHS.pack(len(told), len(body)) + told)
        link.sendall(memoryview(body))
    except OSError as error:
        raise BrokenLinkError(str(error)) from error


def receive(link: socket.socket) -> tuple[dict[str, object], pa.Buffer]:
    """Wait for a frame.

    Raises:
        BrokenLinkError: none comes.
    """
    head_length, body_length = _LENGTHS.unpack(_exactly(link, _LENGTHS.size))
    if head_length > _MOST_HEAD or body_length > _MOST_BODY:
        raise BrokenLinkError("no frame is that long")
    try:
        head = json.loads(bytes(_exactly(link, head_length)))
    except ValueError as error:
        raise BrokenLinkError("a frame's head is not JSON") from error
    return head, pa.py_buffer(_exactly(link, body_length))


def as_stream(rows: pa.Table | pa.RecordBatch) -> pa.Buffer:
    """Rows as an Arrow stream."""
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, rows.schema) as writer:
        writer.write(rows)
    return out.getvalue()


def from_stream(body: pa.Buffer) -> pa.Table:
    """And back.

    Raises:
        BrokenLinkError: it is none.
    """
    try:
        return pa.ipc.open_stream(body).read_all()
    except pa.ArrowException as error:
        raise BrokenLinkError(f"a frame's body is no Arrow stream ({error})") from error


def _exactly(link: socket.socket, count: int) -> bytearray:
    whole = bytearray(count)
    view, at = memoryview(whole), 0
    while at < count:
        try:
            got = link.recv_into(view[at:])
        except OSError as error:
            raise BrokenLinkError(str(error)) from error
        if not got:
            raise BrokenLinkError("the other side closed the link")
        at += got
    return whole
