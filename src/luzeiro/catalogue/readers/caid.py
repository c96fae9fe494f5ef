"""The United Kingdom's Child Abuse Image Database (CAID), JSON in the Project VIC layout.

Structure and sources: docs/reference/lists/caid.md. The NSRL publishes benign files in this very
layout, without categories: such media are rejected one by one, never taken for listed ones.
"""

from collections.abc import Iterator
from typing import BinaryIO

from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.readers.odata_media import Context, read_media
from luzeiro.catalogue.rows import ListRow, RejectedRow

SCHEME = "caid-uk"


def read(stream: BinaryIO, *, scheme: str = SCHEME) -> Iterator[ListRow | RejectedRow]:
    """Give the rows of a CAID media list or case.

    Raises:
        ListError: not such a document, one of another region, or one that cannot go on.
    """

    def of(context: Context) -> str:
        if context.region not in {None, "uk"}:
            raise ListError(
                f"the region '{context.region}', which is not the United Kingdom's",
                at="'@odata.context'",
                remedy="Name the format vics with --format.",
            )
        return scheme

    return read_media(stream, of)
