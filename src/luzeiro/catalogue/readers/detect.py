"""Which format a list is in, by its first bytes; and the readers by format.

A table needs a column map, so it is never detected: its format is named.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from luzeiro.catalogue.readers import (
    caid,
    encase,
    hashkeeper,
    iwf,
    mapped,
    ncmec,
    nsrl,
    vics,
)
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.readers.odata_media import CONTEXT_KEYS, Context, read_context
from luzeiro.catalogue.rows import ListRow, RejectedRow

HEAD_BYTES = 4096  # enough for every format
_CONTEXT_STRING = re.compile(
    rf'"(?:{"|".join(re.escape(key) for key in CONTEXT_KEYS)})"\s*:\s*("[^"\\]{{1,512}}")'
)
_QUERY_RESULT = re.compile(
    r"\s*(?:<\?xml[^>]*>)?(?:\s|<!--.*?-->)*<(?:\w+:)?queryResult\b", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its reader, and what an import must know of it."""

    read: Callable[..., Iterator[ListRow | RejectedRow]]
    looks_so: Callable[[bytes], bool]
    mapped: bool = False  # `read` takes a ColumnMap
    own_columns: bool = False  # ... and has one of its own where none is given
    free_label: bool = False  # its label is somebody's own word ("Notable"), of no scheme
    benign: bool = False  # its rows are files that may never be watched


def _text(head: bytes) -> str:
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16" if utf16 else "utf-8-sig", "replace")


def _context(head: bytes) -> Context | None:
    text = _text(head)
    found = _CONTEXT_STRING.search(text) if text.lstrip().startswith("{") else None
    return read_context(json.loads(found[1], strict=False)) if found is not None else None


def _is_caid(head: bytes) -> bool:
    context = _context(head)
    return context is not None and context.region == "uk"


def _is_vics(head: bytes) -> bool:
    context = _context(head)
    return context is not None and context.region != "uk"


def _is_ncmec(head: bytes) -> bool:
    return _QUERY_RESULT.match(_text(head)) is not None


def _never(_: bytes) -> bool:
    return False


FORMATS: Mapping[str, Format] = {
    "vics": Format(vics.read, _is_vics),
    "caid": Format(caid.read, _is_caid),
    "ncmec": Format(ncmec.read, _is_ncmec),
    "nsrl": Format(nsrl.read, lambda head: head.startswith(nsrl.MAGIC), benign=nsrl.BENIGN),
    "encase": Format(encase.read, lambda head: head.startswith(encase.MAGIC), free_label=True),
    "hashkeeper": Format(hashkeeper.read, lambda head: head.startswith(hashkeeper.HEADER)),
    "iwf": Format(iwf.read, _never, mapped=True, own_columns=True),
    "mapped": Format(mapped.read, _never, mapped=True),
}


def detect(head: bytes) -> str:
    """Name the format of a list from its first `HEAD_BYTES` bytes.

    Raises:
        ListError: none of ours, or a table.
    """
    for name, its in FORMATS.items():
        if its.looks_so(head):
            return name
    raise ListError(
        "no format that shows in the first bytes",
        at="byte 0",
        remedy=f"Name it with --format ({', '.join(FORMATS)}); a table needs a --map as well.",
    )
