"""Which format a list is in: links, a plain table, or one of the agencies' own."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from luzeiro.catalogue.lists import links, tables
from luzeiro.catalogue.readers import detect as agencies
from luzeiro.catalogue.readers.column_map import ColumnMap
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow, RejectedRow

PLAIN = {"links": (links.looks_so, links.read), "table": (tables.looks_so, tables.read)}
NAMES = (*PLAIN, *agencies.FORMATS)


def read_list(
    stream: BinaryIO, *, name: str | None = None, columns: ColumnMap | None = None
) -> Iterator[ListRow | RejectedRow]:
    """Read a list whose format shows, or is named.

    Args:
        stream: seekable.
        name: one of `NAMES`; None: by its first bytes, or "mapped" where columns are given.
        columns: for the formats that need a column map.

    Raises:
        ListError: no format shows, or a map is missing.
    """
    head = stream.read(agencies.HEAD_BYTES)
    stream.seek(0)
    name = name or ("mapped" if columns else detect(head))
    if name in PLAIN:
        return PLAIN[name][1](stream)
    form = agencies.FORMATS[name]
    if not form.mapped or (columns is None and form.own_columns):
        rows = form.read(stream)
        return map(_without_label, rows) if form.free_label else rows
    if columns is None:
        raise ListError(
            f"the format {name} needs a column map", at="byte 0", remedy="Give one with --map."
        )
    return form.read(stream, columns)


def _without_label(row: ListRow | RejectedRow) -> ListRow | RejectedRow:
    return replace(row, label=None) if isinstance(row, ListRow) else row


def detect(head: bytes) -> str:
    """Name the format that the first bytes show.

    Raises:
        ListError: none of ours.
    """
    for name, (looks_so, _) in PLAIN.items():
        if looks_so(head):
            return name
    return agencies.detect(head)
