"""How results leave: a table for people, one JSON object a line, or CSV; always on stdout.

Remote parties choose some of the text (client, name). So characters that steer a terminal or turn
the reading direction are escaped in every output, and a CSV cell never begins like a formula.
JSON is the exact form; in CSV and text an escape cannot be told from the same characters typed out.
"""

import csv
import json
import sys
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TextIO
from uuid import UUID

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

_SHORT_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
# What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NOTHING = "-"


class Output(StrEnum):
    """Which form results take."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def emit(
    rows: Iterable[Mapping[str, object]],
    columns: Sequence[str],
    output: Output,
    *,
    to: TextIO | None = None,
) -> int:
    """Write the rows and say how many there were.

    Args:
        rows: one mapping a row; a column that a row lacks is empty. Values may be text, numbers,
            bool, None, bytes (written as hexadecimal), UTC datetimes, dates, UUIDs, and lists and
            mappings of these.
        columns: which keys, in which order.
        output: JSON and CSV are written row by row; text holds all rows until it knows the widths.
        to: where; stdout unless told.

    Raises:
        TypeError: a value of some other type.
        ValueError: a datetime that is not in UTC.
    """
    stream = to or sys.stdout
    match output:
        case Output.JSON:
            return _emit_json(rows, columns, stream)
        case Output.CSV:
            return _emit_csv(rows, columns, stream)
        case Output.TEXT:
            return _emit_text(rows, columns, stream)


def visible(text: str) -> str:
    r"""Escape what a terminal would obey or a reader would not see: ESC becomes \x1b."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible_character, text))


def instant(at: datetime) -> str:
    """Write an instant: ISO 8601, microseconds always, and Z.

    Raises:
        ValueError: not in UTC.
    """
    offset = at.utcoffset()
    if offset is None or offset:
        raise ValueError(f"instants are written in UTC, got {at.isoformat()}")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _visible_character(character: str) -> str:
    # Not printable are control, format (which can turn the reading direction), surrogate, private
    # and unassigned characters, and separators other than spaces.
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _plain(value: object) -> object:
    """Turn a value into what JSON knows."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, Iterable):
        return [_plain(held) for held in value]
    raise TypeError(f"no form is agreed for a {type(value).__name__}")


def _emit_json(rows: Iterable[Mapping[str, object]], columns: Sequence[str], stream: TextIO) -> int:
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the result
        # ASCII only: every control character leaves as an escape, and a parser gives it back.
        kept = {column: _plain(row.get(column)) for column in columns}
        stream.write(json.dumps(kept, separators=(", ", ": "), allow_nan=False) + "\n")
    return count


def _emit_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str], stream: TextIO) -> int:
    writer = csv.writer(stream, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the result
        writer.writerow([_csv_cell(row.get(column)) for column in columns])
    return count


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    cell = _text_cell(value)
    formula = isinstance(value, str) and cell.lstrip().startswith(_FORMULA_STARTS)
    return f"'{cell}" if formula else cell


def _text_cell(value: object) -> str:
    if value is None:
        return _NOTHING
    plain = _plain(value)
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    if isinstance(plain, list | dict):
        return json.dumps(plain, separators=(",", ":"))
    return visible(str(plain))


def _screen_cell(value: object) -> str:
    """Write plain lists as people do; what is nested stays JSON."""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        held = list(value)
        if not any(isinstance(one, Mapping | list | tuple) for one in held):
            return ", ".join(map(_text_cell, held)) or _NOTHING
    return _text_cell(value)


def _emit_text(rows: Iterable[Mapping[str, object]], columns: Sequence[str], stream: TextIO) -> int:
    cells = [[_screen_cell(row.get(column)) for column in columns] for row in rows]
    heads = [column.replace("_", " ") for column in columns]
    if stream.isatty():
        _draw(heads, cells, stream)
    else:
        _align(heads, cells, stream)
    return len(cells)


def _draw(heads: list[str], cells: list[list[str]], stream: TextIO) -> None:
    table = Table()
    for head in heads:
        table.add_column(head, overflow="fold")
    for line in cells:
        table.add_row(*map(Text, line))  # Text: remote-supplied brackets are no markup
    Console(file=stream).print(table)


def _align(heads: list[str], cells: list[list[str]], stream: TextIO) -> None:
    widths = [max(map(cell_len, column)) for column in zip(heads, *cells, strict=True)]
    for line in (heads, *cells):
        padded = (
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        )
        stream.write("  ".join(padded).rstrip() + "\n")
