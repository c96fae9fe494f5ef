"""Project VIC's Video Image Classification Standard (VICS) 1.0 to 1.3 and 2.0, JSON.

Structure and sources: docs/reference/lists/vics.md.
"""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.readers.odata_media import Context, read_media
from luzeiro.catalogue.rows import ListRow, RejectedRow

SCHEMES = {
    "us": "vics-us",
    "usa": "vics-us",
    "canada": "vics-ca",
    "ca": "vics-ca",
    "uk": "caid-uk",
}  # by the region in the context


def read(stream: BinaryIO, *, scheme: str | None = None) -> Iterator[ListRow | RejectedRow]:
    """Give the rows of a media list or of cases.

    Args:
        stream: the document, UTF-8 or UTF-16, with or without a byte order mark.
        scheme: of the categories; None: by the region that the document names. Version 1 and the
            region "Default" name none: their rows then leave the scheme to the import.

    Raises:
        ListError: not such a document, one that cannot go on, or a region that we do not know.
    """
    return read_media(stream, partial(_scheme, forced=scheme))


def _scheme(context: Context, *, forced: str | None) -> str | None:
    if forced is not None or context.region is None:
        return forced
    if (scheme := SCHEMES.get(context.region)) is None:
        raise ListError(
            f"the region '{context.region}', whose categories we do not know",
            at="'@odata.context'",
            remedy="Name the scheme of its categories with --scheme.",
        )
    return scheme
