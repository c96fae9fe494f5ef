"""NCMEC's hash sharing, version 2: the answer to a query for entries, XML.

Structure and sources: docs/reference/lists/ncmec.md. Document types and entities are refused,
so nothing in a document can grow or reach outside it.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from luzeiro.catalogue.readers import fields
from luzeiro.catalogue.readers.errors import FieldError, ListError
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.observations.identifiers import Identifier

SCHEME = "ncmec"
NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
MAX_DEPTH = 16
MAX_TEXT = 256 * 1024  # characters of one element; a video's fingerprint can be long
MAX_TOKEN_BYTES = 1 << 20  # of one tag with its attributes
MAX_FINGERPRINTS = 32
_CHUNK_BYTES = 1 << 16
_ENTRIES = {"image", "video", "deletedImage", "deletedVideo"}
_KEPT = {"member", "id", "timestamp", "classification"}


@dataclass(slots=True)
class _Entry:
    """One entry as far as it was read."""

    tag: str
    texts: dict[str, str] = field(default_factory=dict)
    member: str = ""
    prints: list[tuple[str, str]] = field(default_factory=list)
    down_voted: set[str] = field(default_factory=set)  # fingerprint types


def read(stream: BinaryIO) -> Iterator[ListRow | RejectedRow]:
    """Give the rows of a query result: entries, and deletions (withdrawn, with no identifier).

    `at` is the member's id and the entry's: the same in an entry and in its deletion, in any file.

    Raises:
        ListError: no such document, one that cannot go on, or one with a document type.
    """
    document = _Document()
    while chunk := stream.read(_CHUNK_BYTES):
        document.feed(chunk)
        while document.rows:
            yield document.rows.popleft()
    document.close()
    while document.rows:
        yield document.rows.popleft()


class _Document:
    """Turns the parser's events into rows."""

    def __init__(self) -> None:
        self.rows: deque[ListRow | RejectedRow] = deque()
        self._path: list[str] = []
        self._text: list[str] = []
        self._text_length = 0
        self._entry: _Entry | None = None
        self._fed = 0
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse

    def feed(self, chunk: bytes) -> None:
        self._fed += len(chunk)
        self._parse(chunk, final=False)
        if self._fed - max(0, self._parser.CurrentByteIndex) > MAX_TOKEN_BYTES + _CHUNK_BYTES:
            raise self._wrong(f"a tag longer than {MAX_TOKEN_BYTES} bytes")

    def close(self) -> None:
        self._parse(b"", final=True)

    def _parse(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            what = "the document is cut off" if final else "the document is not well-formed XML"
            raise self._wrong(f"{what} ({expat.ErrorString(error.code)})") from None
        except (LookupError, UnicodeError, ValueError) as error:
            raise self._wrong(f"an encoding that we cannot read ({str(error)[:80]})") from None

    def _wrong(self, what: str) -> ListError:
        return ListError(
            what,
            at=f"line {self._parser.CurrentLineNumber}",
            remedy="Fetch the entries again, as XML of version 2, and save the answer unchanged.",
        )

    def _refuse(self, *_: object) -> None:
        raise self._wrong("a document type or an entity, which no answer of NCMEC has")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, tag = name.rpartition(" ")
        if not self._path and (tag != "queryResult" or namespace not in {NAMESPACE, ""}):
            raise self._wrong(f"the root is {fields.quoted(name)}, not a query result of version 2")
        if len(self._path) >= MAX_DEPTH:
            raise self._wrong(f"nesting deeper than {MAX_DEPTH} levels")
        self._path.append(tag)
        self._text, self._text_length = [], 0
        if len(self._path) == 3 and tag in _ENTRIES:
            self._entry = _Entry(tag)
        elif self._entry is not None and tag == "member" and len(self._path) == 4:
            self._entry.member = attributes.get("id", "")
        elif self._entry is not None and tag == "negativeFeedback":
            self._entry.down_voted.add(attributes.get("type", "")[:32].lower())

    def _data(self, text: str) -> None:
        self._text_length += len(text)
        if self._text_length <= MAX_TEXT:
            self._text.append(text)

    def _end(self, _: str) -> None:
        tag, entry = self._path.pop(), self._entry
        text, self._text = "".join(self._text).strip(), []
        if entry is None:
            return
        if len(self._path) == 3 and tag in _KEPT:
            entry.texts[tag] = text if self._text_length <= MAX_TEXT else ""
        elif len(self._path) == 4 and self._path[3] == "fingerprints":
            if len(entry.prints) < MAX_FINGERPRINTS:
                entry.prints.append((tag, text))
        elif len(self._path) == 2:
            self._entry = None
            self.rows.append(_row(entry, self._parser.CurrentLineNumber))


def _row(entry: _Entry, line: int) -> ListRow | RejectedRow:
    kind = entry.tag.removeprefix("deleted").lower()
    at = f"line {line}"
    try:
        member, number = _key(entry.member, "member"), _key(entry.texts.get("id"), "id")
        at = f"member {member}, {kind} {number}"
        voted_on = fields.day(entry.texts.get("timestamp"), "'timestamp'")
        if entry.tag.startswith("deleted"):
            return ListRow(
                at=at, identifiers=(), scheme=SCHEME, voted_on=voted_on, withdrawn=True, key=at
            )
        return ListRow(
            at=at,
            identifiers=fields.distinct(list(_identifiers(entry))),
            scheme=SCHEME,
            label=fields.label(entry.texts.get("classification"), "'classification'"),
            voted_on=voted_on,
            withdrawn=any(fields.kind_named(kind) for kind in entry.down_voted),
            key=at,
        )
    except FieldError as error:
        return RejectedRow(at, str(error))


def _key(value: str | None, name: str) -> str:
    if (key := fields.label(value, f"'{name}'")) is None:
        raise FieldError(f"it has no '{name}'")
    return key


def _identifiers(entry: _Entry) -> Iterator[Identifier]:
    for name, text in entry.prints:
        if (kind := fields.kind_named(name)) is not None and text:
            yield fields.digest(kind, text, f"'{name}'")
