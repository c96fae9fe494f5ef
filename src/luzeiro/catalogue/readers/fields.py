"""Fields of a row, whatever format they come in: digests, sizes, dates, labels; all bounded."""

import re
from datetime import date, timedelta
from functools import lru_cache

from luzeiro.catalogue.readers.errors import FieldError
from luzeiro.observations.identifiers import WIDTH_BYTES, Identifier, IdentifierKind

MAX_LABEL = 64  # characters; the longest label of a published scheme has 40
MAX_SIZE_BYTES = 2**63 - 1  # what SQLite and PostgreSQL hold
MAX_IDENTIFIERS = 16  # of one row: there are ten kinds

# A digest of no bytes at all names no content, yet lists carry them.
EMPTY_DIGESTS = frozenset(
    bytes.fromhex(digest)
    for digest in (
        "d41d8cd98f00b204e9800998ecf8427e",  # MD5 (RFC 1321, A.5)
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",  # SHA-1
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",  # SHA-256
        "31d6cfe0d16ae931b73c59d7e0c089c0",  # MD4, and so ed2k (RFC 1320, A.5)
    )
)

_MAX_QUOTED = 40  # characters of a value in a message, as they are shown
_SMALL = tuple(str(number) for number in range(100))

KINDS: dict[str, IdentifierKind] = {
    "md5": IdentifierKind.MD5,
    "sha1": IdentifierKind.SHA1,
    "sha256": IdentifierKind.SHA256,
    "ed2k": IdentifierKind.ED2K,
    "aich": IdentifierKind.AICH,
    "tth": IdentifierKind.TTH,
    "btih": IdentifierKind.BTIH,
    "btmh": IdentifierKind.BTMH,
}  # by a list's name for it, in small letters and without "-" and "_"

_DOTNET_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_EPOCH = date(1970, 1, 1)
_UNSET_YEAR = 1  # .NET writes DateTime.MinValue, 0001-01-01, for a date that was never set


def quoted(value: object) -> str:
    """A value as a message may show it: at most 42 characters, what does not print escaped.

    An escape counts for all its characters and is never cut in two.
    """
    if not isinstance(value, str):
        return ascii(type(value).__name__)
    length = 0
    for end, character in enumerate(value[:_MAX_QUOTED]):
        length += len(ascii(character + '"')) - 3  # with both quotes in it, ' is escaped too
        if length > _MAX_QUOTED:
            return ascii(value[:end])
    return ascii(value[:_MAX_QUOTED])


@lru_cache(maxsize=256)
def kind_named(name: str) -> IdentifierKind | None:
    """The kind that a list calls so, or None: perceptual and other fingerprints name no file."""
    return KINDS.get(name[:16].lower().replace("-", "").replace("_", ""))


def digest(kind: IdentifierKind, value: object, field: str) -> Identifier:
    """Read a hexadecimal digest in either case.

    Raises:
        FieldError: not text, not hexadecimal, of the wrong width, or the digest of an empty file.
    """
    if type(value) is not str:
        raise FieldError(f"{field} is {quoted(value)}, not text")
    width = WIDTH_BYTES[kind]
    text = value if len(value) == 2 * width else value[:256].strip()
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raise FieldError(f"{field} is {quoted(value)}, not hexadecimal") from None
    if len(text) != 2 * width or len(raw) != width:  # fromhex skips spaces
        raise FieldError(f"{field} has {len(value)} characters, expected {2 * width}")
    if raw in EMPTY_DIGESTS:
        raise FieldError(f"{field} is the digest of an empty file, which names no content")
    return Identifier(kind, raw)


def distinct(identifiers: list[Identifier]) -> tuple[Identifier, ...]:
    """The identifiers of one row, each once.

    Raises:
        FieldError: there are none, too many, or two that differ under one kind.
    """
    if len(identifiers) > MAX_IDENTIFIERS:
        raise FieldError(f"it has more than {MAX_IDENTIFIERS} identifiers")
    by_kind: dict[IdentifierKind, Identifier] = {}
    for identifier in identifiers:
        known = by_kind.setdefault(identifier.kind, identifier)
        if known.digest != identifier.digest:
            raise FieldError(f"it gives two different digests of kind {identifier.kind}")
    if not by_kind:
        raise FieldError("it has no digest that names a file (MD5, SHA-1, SHA-256...)")
    return tuple(by_kind.values())


def size(value: object, field: str) -> int | None:
    """Read a size in bytes; None where the list leaves it out (null, "" or 0).

    Raises:
        FieldError: not a whole number between 0 and `MAX_SIZE_BYTES`.
    """
    if value is None or value == "":
        return None
    number = value
    if type(number) is str:
        text = number[:32].strip()
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    if type(number) is not int or not 0 <= number <= MAX_SIZE_BYTES:
        raise FieldError(f"{field} is {quoted(value)}, not a size in bytes")
    return number or None


def label(value: object, field: str) -> str | None:
    """Read a label as the list spells it, a number or text; None where there is none.

    Raises:
        FieldError: of another type, too long, or with characters that no label has.
    """
    if type(value) is int and 0 <= value < len(_SMALL):
        return _SMALL[value]
    if value is None or value == "":
        return None
    if type(value) is not str:
        raise FieldError(f"{field} is {quoted(value)}, not a label")
    if len(value) > MAX_LABEL:
        raise FieldError(f"{field} has {len(value)} characters, more than {MAX_LABEL}")
    if not value.isprintable():
        raise FieldError(f"{field} is {quoted(value)}, which does not print")
    return value.strip() or None


def day(value: object, field: str) -> date | None:
    """Read the day of an ISO 8601 date or instant, or of a .NET /Date(milliseconds)/.

    An ISO instant gives the day as written, in its own time zone; a .NET one gives it in UTC.

    Raises:
        FieldError: neither of them.
    """
    if value is None or value == "":
        return None
    if type(value) is str:
        try:
            written: date | None = date.fromisoformat(value[:10])
        except ValueError:
            written = _dotnet_day(value)
        if written is not None:
            return written if written.year > _UNSET_YEAR else None
    raise FieldError(f"{field} is {quoted(value)}, not a date")


def _dotnet_day(text: str) -> date | None:
    found = _DOTNET_DATE.fullmatch(text[:64].strip())
    if found is None:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=int(found[1]))
    except OverflowError:
        return None


def truth(value: object) -> bool:
    """Read a boolean, or one written as text or a number; whatever else it is, it is not true."""
    if type(value) is str:
        return value[:8].strip().lower() in {"true", "yes", "1", "y"}
    return value is True or value == 1
