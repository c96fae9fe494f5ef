"""Lines of a text, each bounded, that go on after a bad one."""

from typing import BinaryIO, Self

from luzeiro.catalogue.readers.errors import FieldError

MAX_LINE_BYTES = 1 << 20
BOM = b"\xef\xbb\xbf"


class Lines:
    """An iterator over the lines of a stream, which a bad line does not end.

    Raises `FieldError` from `next` for a line that is too long or not in its encoding.
    """

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream, self._encoding = stream, encoding
        self.number = 0  # of the line given last, from 1

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(MAX_LINE_BYTES + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MAX_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = self._stream.readline(MAX_LINE_BYTES)
            raise FieldError(f"it is longer than {MAX_LINE_BYTES} bytes")
        if self.number == 1:
            line = line.removeprefix(BOM)
        try:
            text = line.decode(self._encoding)
        except UnicodeDecodeError:
            raise FieldError(f"it is not {self._encoding.upper()}") from None
        if "\0" in text:
            raise FieldError("it holds a zero character: is it a text at all?")
        return text
