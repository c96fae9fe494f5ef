"""EnCase hash sets (.hash), binary.

Structure and sources: docs/reference/lists/encase.md. A header of 0x480 bytes, then records of 18:
an MD5 digest and two zero bytes.
"""

from collections.abc import Iterator
from typing import BinaryIO

from luzeiro.catalogue.readers import fields
from luzeiro.catalogue.readers.errors import FieldError, ListError, cut_off
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.observations.identifiers import Identifier, IdentifierKind

MAGIC = b"HASH\r\n\xff\x00"
VERSION = b"\x02\x00\x00\x00\x01\x00\x00\x00"  # EnCase 4 to 6; version 3 differs
HEADER_BYTES = 0x480
RECORD_BYTES = 18
_COUNT_AT, _CATEGORY_AT, _CATEGORY_BYTES = 0x10, 0x458, 38
_READ_BYTES = RECORD_BYTES * 4096


def read(stream: BinaryIO) -> Iterator[ListRow | RejectedRow]:
    """Give the rows of a hash set; the set's one category is the label of each.

    Raises:
        ListError: no EnCase hash set, one of version 3, or not as long as its header says.
    """
    header = _read_exactly(stream, HEADER_BYTES)
    if not header.startswith(MAGIC):
        raise ListError("no EnCase hash set", at="byte 0", remedy="Name its format with --format.")
    if len(header) < HEADER_BYTES:
        raise cut_off(f"byte {len(header)}")
    if header[len(MAGIC) :][: len(VERSION)] != VERSION:
        raise ListError(
            "a hash set of another version of EnCase",
            at=f"byte {len(MAGIC)}",
            remedy="Export it again from EnCase 4 to 6, or as text.",
        )
    count = int.from_bytes(header[_COUNT_AT : _COUNT_AT + 4], "little")
    return _rows(stream, count, _category(header))


def _category(header: bytes) -> str | None:
    text = header[_CATEGORY_AT:][:_CATEGORY_BYTES].decode("utf-16-le", "replace").split("\0")[0]
    try:
        return fields.label(text, "the set's category")
    except FieldError as error:
        raise ListError(
            str(error), at=f"byte {_CATEGORY_AT}", remedy="The file is damaged: get it again."
        ) from None


def _rows(stream: BinaryIO, count: int, label: str | None) -> Iterator[ListRow | RejectedRow]:
    number = 0
    while number < count:
        records = _read_exactly(stream, min(_READ_BYTES, (count - number) * RECORD_BYTES))
        if len(records) < RECORD_BYTES:
            raise cut_off(f"byte {HEADER_BYTES + number * RECORD_BYTES + len(records)}")
        for start in range(0, len(records) - RECORD_BYTES + 1, RECORD_BYTES):
            yield _row(records[start : start + RECORD_BYTES], f"record {number}", label)
            number += 1
        if len(records) % RECORD_BYTES:
            raise cut_off(f"record {number}")
    if stream.read(1):
        raise ListError(
            f"the header counts {count} records, but more bytes follow them",
            at=f"byte {HEADER_BYTES + count * RECORD_BYTES}",
            remedy="The file is damaged or was not written by EnCase: get it again.",
        )


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    data = b""  # a raw stream may give fewer bytes than asked for before its end
    while len(data) < size and (more := stream.read(size - len(data))):
        data += more
    return data


def _row(record: bytes, at: str, label: str | None) -> ListRow | RejectedRow:
    if record[16:] != b"\0\0":
        return RejectedRow(at, "the digest is not followed by two zero bytes")
    if record[:16] in fields.EMPTY_DIGESTS:
        return RejectedRow(at, "it is the digest of an empty file, which names no content")
    identifier = Identifier(IdentifierKind.MD5, record[:16])
    return ListRow(at=at, identifiers=(identifier,), label=label)
