"""Tables: CSV, tab-separated and JSON Lines, laid out as a column map says.

Structure: docs/reference/lists/mapped.md.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import BinaryIO

from luzeiro.catalogue.readers import fields
from luzeiro.catalogue.readers.column_map import ColumnMap
from luzeiro.catalogue.readers.errors import FieldError, ListError
from luzeiro.catalogue.readers.lines import Lines
from luzeiro.catalogue.rows import ListRow, RejectedRow

MAX_COLUMNS = 512


def read(stream: BinaryIO, columns: ColumnMap) -> Iterator[ListRow | RejectedRow]:
    """Give the rows of a table.

    Raises:
        ListError: a column of the map is not in the table.
    """
    if columns.layout == "jsonl":
        return _read_json_lines(stream, columns)
    return _read_table(stream, columns)


def _read_table(stream: BinaryIO, columns: ColumnMap) -> Iterator[ListRow | RejectedRow]:
    lines = Lines(stream, columns.encoding)
    if columns.layout == "tsv":
        table = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        table = csv.reader(lines, strict=True)
    places = _places(table, columns)
    reader = _RowReader(columns)
    while True:
        at = f"line {lines.number + 1}"
        try:
            cells = next(table)
            if not any(cells):
                continue
            yield reader.row(_Cells(cells, places), at)
        except StopIteration:
            return
        except FieldError as error:
            yield RejectedRow(at, str(error))
        except csv.Error as error:
            yield RejectedRow(at, f"it is no row of the table ({error})")


def _places(table: Iterator[list[str]], columns: ColumnMap) -> dict[str, int]:
    if not columns.header:
        return {ours: int(number) - 1 for ours, number in columns.columns.items()}
    try:
        header = next(table)
    except (StopIteration, FieldError, csv.Error) as error:
        raise _no_header(str(error) or "the file is empty") from None
    if len(header) > MAX_COLUMNS:
        raise _no_header(f"it has more than {MAX_COLUMNS} columns")
    names = [name.strip() for name in header]
    for theirs in columns.columns.values():
        if names.count(str(theirs)) != 1:
            found = "twice" if theirs in names else "not"
            listed = ", ".join(ascii(name[:20]) for name in names[:12])
            raise _no_header(f"the column {theirs!a} is {found} in it, only: {listed}")
    return {ours: names.index(str(theirs)) for ours, theirs in columns.columns.items()}


def _no_header(what: str) -> ListError:
    return ListError(
        f"no header that the column map fits: {what}",
        at="line 1",
        remedy="Correct [columns] in the map, or give another map with --map.",
    )


def _read_json_lines(stream: BinaryIO, columns: ColumnMap) -> Iterator[ListRow | RejectedRow]:
    lines, reader = Lines(stream, columns.encoding), _RowReader(columns)
    while True:
        at = f"line {lines.number + 1}"
        try:
            line = next(lines)
            if line.strip():
                yield reader.row(_Members(_object(line), columns.columns), at)
        except StopIteration:
            return
        except FieldError as error:
            yield RejectedRow(at, str(error))


def _object(line: str) -> dict[str, object]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise FieldError("it is not valid JSON") from None
    if type(value) is not dict:
        raise FieldError("it is no JSON object")
    return value


class _Cells:
    """A row of a table, by our names."""

    def __init__(self, cells: list[str], places: Mapping[str, int]) -> None:
        self._cells, self._places = cells, places

    def get(self, ours: str) -> object:
        place = self._places.get(ours)
        if place is None:
            return None
        if place >= len(self._cells):
            raise FieldError(f"it has {len(self._cells)} columns, too few")
        return self._cells[place].strip() or None


class _Members:
    """A JSON object, by our names."""

    def __init__(self, members: dict[str, object], columns: Mapping[str, str | int]) -> None:
        self._members, self._columns = members, columns

    def get(self, ours: str) -> object:
        return self._members.get(str(self._columns.get(ours, "")))


class _RowReader:
    """Makes a row of fields, as the map says."""

    def __init__(self, columns: ColumnMap) -> None:
        self._map = columns
        self._kinds = [
            (name, kind) for name, kind in fields.KINDS.items() if name in columns.columns
        ]

    def row(self, values: _Cells | _Members, at: str) -> ListRow:
        identifiers = [
            fields.digest(kind, value, f"the {name}")
            for name, kind in self._kinds
            if (value := values.get(name)) is not None and value != ""
        ]
        label = fields.label(values.get("label"), "the label")
        return ListRow(
            at=at,
            identifiers=fields.distinct(identifiers),
            size_bytes=fields.size(values.get("size"), "the size"),
            scheme=fields.label(values.get("scheme"), "the scheme") or self._map.scheme,
            label=self._map.labels.get(label, label) if label is not None else None,
            voted_on=self._day(values.get("date")),
            withdrawn=self._withdrawn(values.get("withdrawn")),
        )

    def _day(self, value: object) -> date | None:
        if self._map.date_format is None or value is None or value == "":
            return fields.day(value, "the date")
        try:
            return datetime.strptime(str(value)[:64], self._map.date_format).date()  # noqa: DTZ007
        except ValueError:
            raise FieldError(f"the date is {fields.quoted(value)}, not as the map says") from None

    def _withdrawn(self, value: object) -> bool:
        return str(value)[:64].strip().lower() in self._map.withdrawn_values
