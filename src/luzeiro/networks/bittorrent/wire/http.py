"""The answer to one HTTP request (RFC 9112), as far as a tracker's scrape needs it.

Strict, since a tracker is nobody's friend: one framing and not two, no folded fields, no encodings.
Redirects are not followed: an operator named one tracker, and is told where it points.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from luzeiro.networks.kit.errors import WireError

SPEC = "RFC 9112"
HEAD_LIMIT_BYTES = 16 * 1024
BODY_LIMIT_BYTES = 1 << 20
_CHUNK_LINE_LIMIT = 200
_OK = 200

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n\0]*)?")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n\0]*)?")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and, where it is 200, the whole body."""

    status: int
    body: bytes


class AnswerReader:
    """Reads one answer, in whatever pieces it arrives. Holds at most the two limits above."""

    __slots__ = ("_buffer", "_chunks", "_head_read", "_left", "_position", "_status")

    def __init__(self) -> None:
        self._buffer = bytearray()  # the head; then the body, or the rest of a chunked one
        self._position = 0  # bytes of the answer before the buffer
        self._head_read = False
        self._status = 0
        self._left: int | None = (
            None  # length of the body; None: to the end of the link, or chunked
        )
        self._chunks: bytearray | None = None  # the body so far, where it is chunked

    def feed(self, data: bytes) -> Answer | None:
        """Take bytes; give the answer once it is whole.

        Raises:
            WireError: not HTTP, two framings at once, an encoding, or more than the limits.
        """
        before = len(self._buffer)
        self._buffer += data
        if not self._head_read and not self._read_head(before):
            return None
        if self._status != _OK:
            return Answer(self._status, b"")
        if self._chunks is not None:
            return self._read_chunks(self._chunks)
        if max(len(self._buffer), self._left or 0) > BODY_LIMIT_BYTES:
            raise self._broken("a body of more than 1 MiB")
        if self._left is None or len(self._buffer) < self._left:
            return None
        return Answer(self._status, bytes(self._buffer[: self._left]))

    def end(self) -> Answer:
        """Note that the link ended, which ends a body of no stated length.

        Raises:
            WireError: the answer is not whole.
        """
        if not self._head_read or self._chunks is not None or self._left is not None:
            raise self._broken("cut off")
        return Answer(self._status, bytes(self._buffer))

    def _read_head(self, before: int) -> bool:
        # Where the end was not found before, only the new bytes can have brought it.
        end = self._buffer.find(b"\r\n\r\n", max(0, before - 3))
        if max(end, 0 if end >= 0 else len(self._buffer)) > HEAD_LIMIT_BYTES:
            raise self._broken("a head of more than 16 KiB")
        if end < 0:
            return False
        status_line, *lines = bytes(self._buffer[:end]).split(b"\r\n")
        matched = _STATUS_LINE.fullmatch(status_line)
        if matched is None:
            raise self._broken("not an HTTP answer")
        self._status = int(matched[1])
        self._set_framing(lines)
        self._drop(end + 4)
        self._head_read = True
        return True

    def _set_framing(self, lines: Iterable[bytes]) -> None:
        fields: dict[bytes, bytes] = {}
        for line in lines:
            matched = _FIELD.fullmatch(line)
            if matched is None:
                raise self._broken("a malformed field")
            name, value = matched[1].lower(), matched[2].strip()
            if fields.setdefault(name, value) != value and name in _FRAMING:
                raise self._broken(f"two values of {name.decode()}")
        transfer, length = fields.get(b"transfer-encoding"), fields.get(b"content-length")
        if fields.get(b"content-encoding", b"identity").lower() != b"identity":
            raise self._broken("a content encoding that nobody asked for")
        if transfer is not None:
            if length is not None or transfer.lower() != b"chunked":
                raise self._broken("an unknown transfer encoding, or a length beside it")
            self._chunks = bytearray()
        elif length is not None:
            if not re.fullmatch(rb"[0-9]{1,9}", length):
                raise self._broken("a content length that is none")
            self._left = int(length)

    def _read_chunks(self, body: bytearray) -> Answer | None:
        start = 0
        try:
            while (end := self._buffer.find(b"\r\n", start, start + _CHUNK_LINE_LIMIT)) >= 0:
                matched = _CHUNK_LINE.fullmatch(bytes(self._buffer[start:end]))
                if matched is None:
                    raise self._broken("a malformed chunk")
                size = int(matched[1], 16)
                if not size:
                    return Answer(self._status, bytes(body))  # fields after it are not read
                if len(body) + size > BODY_LIMIT_BYTES:
                    raise self._broken("a body of more than 1 MiB")
                after = end + 2 + size
                if len(self._buffer) < after + 2:
                    return None
                if self._buffer[after : after + 2] != b"\r\n":
                    raise self._broken("a chunk longer than it says")
                body += self._buffer[end + 2 : after]
                start = after + 2
            if len(self._buffer) - start >= _CHUNK_LINE_LIMIT:
                raise self._broken("an endless chunk size")
            return None
        finally:
            self._drop(start)

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._position += count

    def _broken(self, what: str) -> WireError:
        return WireError(what, at=self._position, spec=SPEC)


_FRAMING = (b"content-length", b"transfer-encoding", b"content-encoding")
