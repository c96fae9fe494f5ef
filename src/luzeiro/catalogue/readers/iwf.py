"""The Internet Watch Foundation's hash list, CSV; columns as a map says, `iwf.toml` by default.

Structure and sources: docs/reference/lists/iwf.md.
"""

from collections.abc import Iterator
from importlib.resources import files
from typing import BinaryIO

from luzeiro.catalogue.readers import mapped
from luzeiro.catalogue.readers.column_map import ColumnMap, read_column_map
from luzeiro.catalogue.rows import ListRow, RejectedRow


def default_columns() -> ColumnMap:
    """The map that ships with us."""
    return read_column_map(files(__package__).joinpath("iwf.toml").read_bytes(), name="iwf.toml")


def read(stream: BinaryIO, columns: ColumnMap | None = None) -> Iterator[ListRow | RejectedRow]:
    """Give the rows of the list.

    Raises:
        ListError: a column of the map is not in the table.
    """
    return mapped.read(stream, default_columns() if columns is None else columns)
