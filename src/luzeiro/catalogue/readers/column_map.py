"""How one source lays out its table, as a small TOML file says.

layout = "csv"                # csv, tsv or jsonl
encoding = "utf-8"            # utf-8 (a byte order mark is skipped), latin-1 or windows-1252
header = true                 # false: columns are given by number, from 1
scheme = "caid-uk"            # of the labels; left out: the import says
date_format = "%d/%m/%Y"      # left out: ISO 8601

[columns]                     # ours = theirs; one digest at least
md5 = "MD5 Hash"
label = "Category"
size = "Bytes"
scheme = "Scale"              # where it is not one for the whole table
date = "Added"
withdrawn = "Status"

[labels]                      # theirs = as the scheme spells it; left out: as they are
"Category A" = "A"

[withdrawn]                   # what in the column of that name takes the row back
values = ["removed"]
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.readers.fields import KINDS

DIGESTS = tuple(KINDS)
OTHERS = ("size", "scheme", "label", "date", "withdrawn")
LAYOUTS = ("csv", "tsv", "jsonl")
ENCODINGS = ("utf-8", "latin-1", "windows-1252")
MAX_TOML_BYTES = 64 * 1024
_KEYS = {
    *("layout", "encoding", "header", "scheme", "date_format", "columns", "labels", "withdrawn")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Where each field of a row stands, and how it is spelled."""

    columns: Mapping[str, str | int]  # by our name; theirs, or the column's number from 1
    layout: str = "csv"
    encoding: str = "utf-8"
    header: bool = True
    scheme: str | None = None
    date_format: str | None = None  # as strptime reads it; None: ISO 8601
    labels: Mapping[str, str] = field(default_factory=dict)
    withdrawn_values: frozenset[str] = frozenset({"true", "yes", "1"})  # in small letters


def read_column_map(data: bytes, *, name: str = "the column map") -> ColumnMap:
    """Read a column map.

    Raises:
        ListError: not TOML, a key that we do not know, or a value that fits none.
    """
    if len(data) > MAX_TOML_BYTES:
        raise _wrong(f"a column map larger than {MAX_TOML_BYTES} bytes", name)
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise _wrong(f"no TOML ({str(error)[:120]})", name) from None
    if unknown := sorted(table.keys() - _KEYS):
        raise _wrong(f"the key '{unknown[0][:40]}', which we do not know", name)
    layout = _one_of(table, "layout", LAYOUTS, name)
    header = table.get("header", True)
    if type(header) is not bool:
        raise _wrong("'header' is neither true nor false", name)
    withdrawn = table.get("withdrawn", {})
    values = withdrawn.get("values", ["true", "yes", "1"]) if type(withdrawn) is dict else None
    if type(values) is not list or not all(type(value) is str for value in values):
        raise _wrong("'withdrawn.values' is no list of texts", name)
    return ColumnMap(
        columns=_columns(table.get("columns"), name, by_name=header or layout == "jsonl"),
        layout=layout,
        encoding=_one_of(table, "encoding", ENCODINGS, name),
        header=header,
        scheme=_text(table, "scheme", name),
        date_format=_text(table, "date_format", name),
        labels=_labels(table.get("labels", {}), name),
        withdrawn_values=frozenset(value.strip().lower() for value in values),
    )


def _columns(columns: object, name: str, *, by_name: bool) -> dict[str, str | int]:
    if type(columns) is not dict or not columns.keys() & set(DIGESTS):
        raise _wrong(f"'columns' names no digest: one of {', '.join(DIGESTS)}", name)
    if unknown := sorted(columns.keys() - {*DIGESTS, *OTHERS}):
        raise _wrong(f"the column '{unknown[0][:40]}', which we do not know", name)
    for ours, theirs in columns.items():
        good = type(theirs) is str and theirs if by_name else type(theirs) is int and theirs > 0
        if not good:
            what = "a name" if by_name else "a number from 1"
            raise _wrong(f"'columns.{ours}' is not {what}", name)
    return columns


def _labels(labels: object, name: str) -> dict[str, str]:
    if type(labels) is not dict or not all(type(value) is str for value in labels.values()):
        raise _wrong("'labels' is no table of texts", name)
    return labels


def _text(table: Mapping[str, object], key: str, name: str) -> str | None:
    value = table.get(key)
    if value is not None and (type(value) is not str or not value):
        raise _wrong(f"'{key}' is no text", name)
    return value if isinstance(value, str) else None


def _one_of(table: Mapping[str, object], key: str, among: tuple[str, ...], name: str) -> str:
    value = table.get(key, among[0])
    if type(value) is not str or value not in among:
        raise _wrong(f"'{key}' is none of {', '.join(among)}", name)
    return value


def _wrong(what: str, name: str) -> ListError:
    return ListError(what, at=name, remedy="See docs/reference/lists/mapped.md for its keys.")
