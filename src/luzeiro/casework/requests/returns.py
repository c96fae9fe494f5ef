"""What a provider answered: read from CSV or JSON, and held against what was asked.

Each line must say again which address, port and instant it is about. Where it does not, or says
another, nobody may use it: the record may be somebody else's.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from ipaddress import ip_address

from luzeiro.casework.paper.instants import parse_echo
from luzeiro.casework.requests.document import Line, RequestDocument

MOST_BYTES = 1_000_000
NO_RECORD = "no record"


class Unreadable(ValueError):
    """Not an answer in a form that is read: what, and where."""


class Fault(StrEnum):
    """How an answer differs from what was asked."""

    REFERENCE = "reference differs"
    UNKNOWN_LINE = "line was not asked"
    TWICE = "line answered twice"
    MISSING = "line not answered"
    ADDRESS = "address differs"
    PORT = "port differs"
    NO_OFFSET = "instant without an offset from UTC"
    INSTANT = "instant differs"
    NOBODY = "neither a subscriber nor the words that there is no record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One line of an answer, as it was written. Empty text: not said."""

    reference: str = ""
    line: str = ""
    address: str = ""
    port: str = ""
    at: str = ""
    result: str = ""  # "no record", or empty
    name: str = ""
    document: str = ""
    installation_address: str = ""  # where the line ends: a door
    billing_address: str = ""  # where the bill goes: perhaps another's door
    account: str = ""
    service_from: str = ""
    service_until: str = ""

    @property
    def found(self) -> bool:
        return bool(self.name or self.account or self.installation_address)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One difference. `line` as the answer has it; empty: the answer as a whole."""

    line: str
    fault: Fault
    asked: str
    answered: str


COLUMNS = tuple(field.name for field in fields(Answer))
_MOST_FIELD = 300


def read_csv(data: bytes) -> list[Answer]:
    """Read a table whose first row names the columns (RFC 4180, UTF-8; `;` is taken too).

    Raises:
        Unreadable: not such a table.
    """
    text = _text(data)
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unreadable(f"not CSV: {error}") from error
    return _answers(rows)


def read_json_answer(data: bytes) -> list[Answer]:
    """Read `{"answers": [{"line": 1, ...}]}`; the reference may stand once, at the top.

    Raises:
        Unreadable: not such a text.
    """
    try:
        told = json.loads(_text(data))
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error}") from error
    answers = told.get("answers") if isinstance(told, dict) else None
    if not isinstance(answers, list) or not all(isinstance(one, dict) for one in answers):
        raise Unreadable('the JSON has no list "answers" of objects')
    top = {"reference": told["reference"]} if "reference" in told else {}
    return _answers([{**top, **one} for one in answers])


def mismatches(document: RequestDocument, answers: Sequence[Answer]) -> list[Mismatch]:
    """Hold an answer against what was asked; empty: it may be used."""
    asked = {str(line.number): line for line in document.lines}
    found: list[Mismatch] = []
    answered: set[str] = set()
    for one in answers:
        number = one.line.lstrip("0")
        if one.reference != document.reference:
            found.append(Mismatch(one.line, Fault.REFERENCE, document.reference, one.reference))
        if number in answered:
            found.append(Mismatch(one.line, Fault.TWICE, "", ""))
        answered.add(number)
        line = asked.get(number)
        if line is None:
            found.append(Mismatch(one.line, Fault.UNKNOWN_LINE, "", one.line))
            continue
        found.extend(_of_line(line, one))
    missing = [number for number in asked if number not in answered]
    return found + [Mismatch(number, Fault.MISSING, "", "") for number in missing]


def disagree(one: Iterable[Answer], other: Iterable[Answer]) -> bool:
    """Whether two answers about one address name different subscribers or doors."""
    first, second = _subscribers(one), _subscribers(other)
    return bool(first and second) and first != second


def names_several(answers: Iterable[Answer]) -> bool:
    """Whether one answer names more than one subscriber: the address changed hands."""
    return len(_subscribers(answers)) > 1


def _subscribers(answers: Iterable[Answer]) -> set[tuple[str, str]]:
    return {
        (_plain(one.document or one.name), _plain(one.installation_address))
        for one in answers
        if one.found
    }


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _of_line(line: Line, one: Answer) -> list[Mismatch]:
    asked, found = line.sighting, []
    if not _same_address(one.address, asked.address):
        found.append(Mismatch(one.line, Fault.ADDRESS, asked.address, one.address))
    if one.port.strip() != str(asked.port):
        found.append(Mismatch(one.line, Fault.PORT, str(asked.port), one.port))
    wanted = asked.seen_at.isoformat()
    try:
        if parse_echo(one.at) != asked.seen_at:
            found.append(Mismatch(one.line, Fault.INSTANT, wanted, one.at))
    except ValueError:
        found.append(Mismatch(one.line, Fault.NO_OFFSET, wanted, one.at))
    if one.found == (one.result.strip().casefold() == NO_RECORD):
        found.append(Mismatch(one.line, Fault.NOBODY, "", one.result))
    return found


def _same_address(answered: str, asked: str) -> bool:
    try:
        return ip_address(answered.strip()) == ip_address(asked)
    except ValueError:
        return False


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Unreadable(f"larger than {MOST_BYTES} bytes: send the answer's table alone")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8, at byte {error.start}: save it as UTF-8") from error


def _answers(rows: Sequence[Mapping[str, object]]) -> list[Answer]:
    if not rows:
        raise Unreadable("there is no line in it")
    found = []
    for place, row in enumerate(rows, start=1):
        unknown = sorted(str(name) for name in row if name not in COLUMNS)
        if unknown:
            raise Unreadable(f"line {place}: no column is called {unknown[0]!r}")
        told = {
            name: "" if row.get(name) is None else _clean(str(row[name]), place, name)
            for name in COLUMNS
        }
        found.append(Answer(**told))
    return found


def _clean(text: str, place: int, name: str) -> str:
    text = " ".join(text.split())
    if len(text) > _MOST_FIELD or not text.isprintable():
        raise Unreadable(f"line {place}: {name} is too long, or has letters that do not print")
    return text
