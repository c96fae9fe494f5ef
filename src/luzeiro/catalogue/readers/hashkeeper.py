"""HashKeeper's hash files (.hsh), CSV with a header that never changes.

Structure and sources: docs/reference/lists/hashkeeper.md. The set that a row belongs to, and
whether it is notable, stand in another file (.hke): say the category when you import.
"""

from collections.abc import Iterator
from typing import BinaryIO

from luzeiro.catalogue.readers import mapped
from luzeiro.catalogue.readers.column_map import ColumnMap
from luzeiro.catalogue.rows import ListRow, RejectedRow

HEADER = b'"file_id","hashset_id","file_name","directory","hash"'
COLUMNS = ColumnMap(columns={"md5": "hash", "size": "file_size"}, encoding="windows-1252")


def read(stream: BinaryIO) -> Iterator[ListRow | RejectedRow]:
    """Give the rows of a hash file; they carry no category.

    Raises:
        ListError: the header is not HashKeeper's.
    """
    return mapped.read(stream, COLUMNS)
