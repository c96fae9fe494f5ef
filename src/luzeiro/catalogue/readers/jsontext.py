"""JSON read from a stream in constant memory, faster than `json.load`.

Arrays are given element by element, out of a window of text. As many whole elements as the window
holds are decoded at once, and where that fails they are parsed one by one, to find the bad one.
Only an element that does not fit the window (an embedded picture, say) goes through a scanner of
our own, which keeps no long string.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from luzeiro.catalogue.readers.errors import ListError, cut_off

CHUNK_BYTES = 1 << 17
WINDOW = 1 << 20  # characters held at most, a chunk more or less
MAX_STRING = 1 << 16  # characters; longer strings of an element past the window read as ""
MAX_DEPTH = 64

_SPACE = re.compile(r"[ \t\r\n]*")
_COMMA = re.compile(r"[ \t\r\n]*,[ \t\r\n]*")
_OPENING = re.compile(r'\{[ \t\r\n]*"[^"\\]{1,64}"')
_STRUCTURE = re.compile(r'["{}\[\]]')
_FLAT = re.compile(r'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)  # whole strings only
_STRING = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)  # up to its quote, or half an escape
_NOT_JSON = "Is it the list, and the format that was named? Open it in an editor at that place."


@dataclass(frozen=True, slots=True)
class Unread:
    """An element that is no JSON value, or too large; its end was found, so others follow."""

    why: str


class JsonText:
    """A window that moves over one JSON document.

    Raises `ListError` where the document cannot go on: cut off, not JSON, not UTF-8, too deep.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        head = stream.read(CHUNK_BYTES)
        utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._decode = codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8-sig")().decode
        self._scan = json.JSONDecoder().raw_decode
        self._bytes_read, self._ended = 0, False
        self._text, self._at = "", 0
        self._feed(head)

    # -- structure ---------------------------------------------------------------------------

    def keys(self) -> Iterator[str]:
        """Give the keys of the object that starts here; read or skip each value in between."""
        self._expect("{")
        if self._take("}"):
            return
        while True:
            yield self._key()
            if self._take("}"):
                return
            self._expect(",")

    def elements(self, decode: Callable[[str], Sequence[object]] | None = None) -> Iterator[object]:
        """Give the elements of the array that starts here, or `Unread` for a bad one.

        Args:
            decode: gives the elements of a small array's text, all or, where it cannot,
                ValueError. It may give them in another form than the standard library's.
        """
        self._expect("[")
        if self._take("]"):
            return
        self._peek()
        seam, tried = None, 0
        while True:
            if decode is not None and seam is not None and tried != self._bytes_read:
                tried = self._bytes_read  # once per window
                yield from self._batch(decode, seam)
            yield self._element()
            before, window = self._at, self._bytes_read
            if self._take("]"):
                return
            self._expect(",")
            self._peek()
            if seam is None and window == self._bytes_read:  # else `before` means another place
                found = _OPENING.match(self._text, self._at)
                seam = self._text[before : found.end()] if found else None  # say, ',\n{"MediaID"'

    def _batch(self, decode: Callable[[str], Sequence[object]], seam: str) -> Iterator[object]:
        """Give the whole elements in the window, but for the last one; none where one is bad.

        The text up to a seam is a list of whole elements exactly when it decodes as one: no
        other reading of it is valid JSON.
        """
        cut = self._text.rfind(seam, self._at + 1)
        if cut < 0:
            return
        try:
            elements = decode(f"[{self._text[self._at : cut]}]")
        except (ValueError, RecursionError):
            return
        self._at = cut + seam.index("{")
        yield from elements

    def openings(self) -> Iterator[None]:
        """Stop at the start of each element of the array here; read or skip it in between."""
        self._expect("[")
        if self._take("]"):
            return
        while True:
            self._peek()
            yield
            if self._take("]"):
                return
            self._expect(",")

    def starts(self, opening: str) -> bool:
        """Whether the value that starts here starts with this character."""
        return self._peek() == opening

    def value(self) -> object:
        """Read the value that starts here; `Unread` where it is bad."""
        self._peek()
        return self._element()

    def skip(self) -> None:
        """Skip the value that starts here, keeping nothing of it."""
        if self._peek() in "{[":
            self._compact(keep=False)
        elif self._text[self._at] == '"':
            self._at += 1
            self._string(None)
        else:
            self._element()

    def end(self) -> None:
        """Check that nothing but space follows.

        Raises:
            ListError: something does.
        """
        while not self._ended and _SPACE.fullmatch(self._text, self._at):
            self._fill()
        if not _SPACE.fullmatch(self._text, self._at):
            raise self._not_json("something follows the end of the document")

    @property
    def where(self) -> str:
        """About where the window stands, for messages."""
        return f"byte {max(0, self._bytes_read - len(self._text) + self._at)} or so"

    # -- the window --------------------------------------------------------------------------

    def _fill(self) -> bool:
        """Drop what was read and get more text; False at the end of the file."""
        if self._ended:
            return False
        self._feed(self._stream.read(CHUNK_BYTES))
        return True

    def _feed(self, chunk: bytes) -> None:
        self._ended = not chunk
        self._bytes_read += len(chunk)
        try:
            more = self._decode(chunk, self._ended)
        except UnicodeDecodeError as error:
            raise ListError(
                f"bytes that are not {error.encoding.upper()}",
                at=f"byte {self._bytes_read - len(chunk) + error.start} or so",
                remedy="The file is damaged, or in another encoding: save it as UTF-8.",
            ) from None
        self._text = self._text[self._at :] + more
        self._at = 0

    def _peek(self) -> str:
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # `*`
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                raise cut_off(self.where)

    def _take(self, character: str) -> bool:
        if self._peek() != character:
            return False
        self._at += 1
        return True

    def _expect(self, character: str) -> None:
        if not self._take(character):
            raise self._not_json(f"'{character}' expected, {self._text[self._at]!a} found")

    def _key(self) -> str:
        key = self._element() if self._peek() == '"' else None
        if type(key) is not str:
            raise self._not_json("a key expected")
        self._expect(":")
        self._peek()
        return key

    def _not_json(self, what: str) -> ListError:
        return ListError(what, at=self.where, remedy=_NOT_JSON)

    # -- elements ----------------------------------------------------------------------------

    def _element(self) -> object:
        """Read the element that starts here, whatever it takes, and move past it."""
        enough = 0  # characters: a large element is tried again when twice as much of it is here
        while True:
            here = len(self._text) - self._at
            if here >= min(enough, WINDOW) or self._ended:
                enough = 2 * here
                try:
                    element, end = self._scan(self._text, self._at)
                    if end < len(self._text) or self._ended:
                        self._at = end
                        return element
                except (ValueError, RecursionError):
                    pass
            if here >= WINDOW or not self._fill():
                break
        return self._long_element()

    def _long_element(self) -> object:
        first = self._text[self._at : self._at + 1]
        if first and first in "{[":
            compact = self._compact(keep=True)
        elif first == '"':
            self._at += 1
            self._string(None)
            return ""
        else:
            raise self._not_json("a JSON value expected")
        if compact is None:
            return Unread(f"it is larger than {WINDOW} characters")
        try:
            return self._scan(compact, 0)[0]
        except (ValueError, RecursionError):
            return Unread("it is not valid JSON")

    def _compact(self, *, keep: bool) -> str | None:
        """Move past an object or array; give its text without long strings, None if too large."""
        pieces: list[str] | None = [] if keep else None
        kept, depth = 0, 0
        while True:
            # What is kept goes in runs in which no string can be longer than what is kept of one.
            bound = len(self._text) if pieces is None else self._at + MAX_STRING
            flat = _FLAT.match(self._text, self._at, bound).end()  # type: ignore[union-attr]  # `*`
            found = _STRUCTURE.search(self._text, flat)
            end = found.end() if found else len(self._text)
            if pieces is not None:
                pieces.append(self._text[self._at : end])
                kept += end - self._at
                if kept > WINDOW:
                    pieces = None
            self._at = end
            if found is None:
                if not self._fill():
                    raise cut_off(self.where)
                continue
            character = found[0]
            if character == '"':
                kept += self._string(pieces)
            elif character in "{[":
                depth += 1
                if depth > MAX_DEPTH:
                    raise self._not_json(f"nesting deeper than {MAX_DEPTH} levels")
            elif character in "}]":
                depth -= 1
                if depth == 0:
                    return "".join(pieces) if pieces is not None else None

    def _string(self, pieces: list[str] | None) -> int:
        """Move past a string whose quote was read; keep it, unless long. Gives what was kept."""
        parts: list[str] = []
        length = 0
        while True:
            end = _STRING.match(self._text, self._at).end()  # type: ignore[union-attr]  # `*`
            length += end - self._at
            if pieces is not None and length <= MAX_STRING:
                parts.append(self._text[self._at : end])
            self._at = end
            if end < len(self._text) and self._text[end] == '"':
                self._at += 1
                break
            if not self._fill():  # what is left is nothing, or the half of an escape
                raise cut_off(self.where)
        if pieces is None:
            return 0
        text = "".join(parts) + '"' if length <= MAX_STRING else '"'
        pieces.append(text)
        return len(text)
