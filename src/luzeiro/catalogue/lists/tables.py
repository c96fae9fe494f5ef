"""CSV and TSV lists whose header already speaks our words: md5, sha1, btih, size, category, date.

A table with other words needs a column map (readers/mapped.py).
"""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from luzeiro.catalogue.readers import mapped
from luzeiro.catalogue.readers.column_map import ColumnMap
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.readers.fields import kind_named
from luzeiro.catalogue.rows import ListRow, RejectedRow

_OTHERS = {
    "size": "size",
    "size_bytes": "size",
    "category": "label",
    "label": "label",
    "scheme": "scheme",
    "date": "date",
    "withdrawn": "withdrawn",
}
_HEAD_BYTES = 64 * 1024


def looks_so(head: bytes) -> bool:
    """Whether the first line is a header with a digest's name in it."""
    names = _header(head)[1]
    return any(kind_named(name) for name in names)


def read(stream: BinaryIO) -> Iterator[ListRow | RejectedRow]:
    """Give the rows. Columns of other names are passed over.

    Raises:
        ListError: no column names a digest, or one name stands twice.
    """
    head = stream.read(_HEAD_BYTES)
    return mapped.read(_Rejoined(head, stream), column_map(head))  # type: ignore[arg-type]  # readline is all that is used


def column_map(head: bytes) -> ColumnMap:
    """Read the header into a map.

    Raises:
        ListError: as `read`.
    """
    layout, names = _header(head)
    columns: dict[str, str | int] = {}
    for name in names:
        kind = kind_named(name)
        ours = str(kind) if kind else _OTHERS.get(name.strip().lower())
        if ours in columns:
            raise ListError(
                f"two columns for {ours}", at="line 1", remedy="Keep one, or give a --map."
            )
        if ours is not None:
            columns[ours] = name.strip()
    if not any(kind_named(ours) for ours in columns):
        raise ListError(
            "no column that names a file (md5, sha1, sha256, ed2k, tth, btih, btmh)",
            at="line 1",
            remedy="Give the table a header with these names, or a --map.",
        )
    return ColumnMap(columns=columns, layout=layout)


def _header(head: bytes) -> tuple[str, list[str]]:
    line = head.split(b"\n", 1)[0].decode("utf-8-sig", "replace").rstrip("\r")
    layout = "tsv" if "\t" in line else "csv"
    try:
        names = next(csv.reader(io.StringIO(line), delimiter="\t" if layout == "tsv" else ","), [])
    except csv.Error:
        names = []
    return layout, names[: mapped.MAX_COLUMNS]


class _Rejoined:
    """A stream with its head put back: all that a reader of lines needs."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = io.BytesIO(head), rest

    def readline(self, limit: int = -1) -> bytes:
        line = self._head.readline(limit)
        if line.endswith(b"\n") or (0 <= limit <= len(line)):
            return line
        left = limit - len(line) if limit >= 0 else -1
        return line + self._rest.readline(left)
