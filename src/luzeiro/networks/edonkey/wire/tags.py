"""Tags: the typed (name, value) pairs in which eD2k and Kad say most things.

A name is one byte or more. eD2k's short form sets bit 7 of the type and gives one byte of name; the
long form gives a length first. Kad always uses the long form. Values keep their bytes: a string is
decoded by whoever shows it.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from luzeiro.networks.kit.reader import Reader

SPEC = "aMule Tag.cpp, TagTypes.h"
TAGS_LIMIT = 256  # in one list; aMule sends at most a dozen
_SHORT_NAME = 0x80


class TagType(IntEnum):
    """How a value is laid out (TagTypes.h)."""

    HASH16 = 0x01
    STRING = 0x02
    UINT32 = 0x03
    FLOAT32 = 0x04
    BOOL = 0x05
    BOOLARRAY = 0x06
    BLOB = 0x07
    UINT16 = 0x08
    UINT8 = 0x09
    BSOB = 0x0A
    UINT64 = 0x0B
    STR1 = 0x11  # STR1 to STR16: a string of 1 to 16 bytes
    STR22 = 0x26  # eMule accepts up to 22 by a slip, and some clients use it


@dataclass(frozen=True, slots=True)
class Tag:
    """One pair. `value` is an int where the type is one of numbers, else bytes."""

    name: bytes
    value: int | bytes


Tags = Mapping[bytes, int | bytes]


def read_tag(reader: Reader) -> Tag:
    """Read one tag in either form.

    Raises:
        WireError: cut short, or of a type whose length nobody knows.
    """
    kind = reader.uint8()
    if kind & _SHORT_NAME:
        name, kind = reader.take(1), kind & ~_SHORT_NAME
    else:
        name = reader.take(reader.uint16())
    return Tag(name, _read_value(reader, kind))


def read_tags(reader: Reader, count: int) -> dict[bytes, int | bytes]:
    """Read `count` tags; where a name comes twice, the last one holds, as in aMule.

    Raises:
        WireError: a tag is malformed, or there are more than anybody sends.
    """
    if count > TAGS_LIMIT:
        raise reader.error(f"{count} tags in one list")
    tags = {}
    for _ in range(count):
        tag = read_tag(reader)
        tags[tag.name] = tag.value
    return tags


def _read_value(reader: Reader, kind: int) -> int | bytes:
    if TagType.STR1 <= kind <= TagType.STR22:
        return reader.take(kind - TagType.STR1 + 1)
    match kind:
        case TagType.UINT8 | TagType.BOOL:
            return reader.uint8()
        case TagType.UINT16:
            return reader.uint16()
        case TagType.UINT32:
            return reader.uint32()
        case TagType.UINT64:
            return reader.uint64()
        case TagType.STRING:
            return reader.take(reader.uint16())
        case TagType.HASH16:
            return reader.take(16)
        case TagType.FLOAT32:
            return reader.take(4)
        case TagType.BOOLARRAY:
            return reader.take(reader.uint16() // 8 + 1)
        case TagType.BLOB:
            return reader.take(reader.uint32())
        case TagType.BSOB:
            return reader.take(reader.uint8())
        case _:
            raise reader.error(f"a tag of type {kind:#04x}, whose length nobody knows")


def encode_tags(tags: Iterable[Tag]) -> bytes:
    """Write a list of tags, its length (32 bits) first; names have one byte.

    The oldest forms, which every client reads: long names, strings and 32-bit numbers.
    """
    written = []
    for tag in tags:
        name = struct.pack("<H", len(tag.name)) + tag.name
        if isinstance(tag.value, int):
            written.append(bytes([TagType.UINT32]) + name + struct.pack("<I", tag.value))
        else:
            value = struct.pack("<H", len(tag.value)) + tag.value
            written.append(bytes([TagType.STRING]) + name + value)
    return struct.pack("<I", len(written)) + b"".join(written)


def number(tags: Tags, name: int, otherwise: int = 0) -> int:
    """Give a number, or `otherwise` where it is missing or no number."""
    value = tags.get(bytes([name]))
    return value if isinstance(value, int) else otherwise


def text(tags: Tags, name: int) -> str | None:
    """Give a string as text; None where it is missing. Bad UTF-8 is shown as such."""
    value = tags.get(bytes([name]))
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else None
