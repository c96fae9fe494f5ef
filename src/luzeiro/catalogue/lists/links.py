"""Lists of links, one a line: magnet links (BEP 9, BEP 53) and ed2k file links.

The names that links carry are not kept: we look for identifiers, never for words.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import parse_qsl

from luzeiro.catalogue.readers import fields
from luzeiro.catalogue.readers.errors import FieldError
from luzeiro.catalogue.readers.lines import Lines
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.observations.identifiers import Identifier, IdentifierKind

_MAX_TOPICS = 16
_SHA256_MULTIHASH = "1220"  # multihash: SHA-256, 32 bytes (BEP 52 magnet links)
_ED2K = re.compile(r"ed2k://\|file\|[^|]{0,1024}\|(\d{1,20})\|([0-9A-Fa-f]{32})\|(.*)", re.DOTALL)
_AICH = re.compile(r"(?:^|\|)h=([A-Za-z2-7]{32})(?:\||$)")
_HEX_KINDS = {
    "urn:btih": IdentifierKind.BTIH,
    "urn:ed2k": IdentifierKind.ED2K,
    "urn:ed2khash": IdentifierKind.ED2K,
    "urn:md5": IdentifierKind.MD5,
    "urn:sha1": IdentifierKind.SHA1,
    "urn:aich": IdentifierKind.AICH,
    "urn:tree:tiger": IdentifierKind.TTH,
}


def looks_so(head: bytes) -> bool:
    """Whether the first line that is not empty is a link of ours."""
    first = head.decode("utf-8-sig", "replace").lstrip()[:16].lower()
    return first.startswith(("magnet:?", "ed2k://"))


def read(stream: BinaryIO) -> Iterator[ListRow | RejectedRow]:
    """Give a row for each link; empty lines and lines that begin with # are passed over."""
    lines = Lines(stream, "utf-8")
    while True:
        at = f"line {lines.number + 1}"
        try:
            line = next(lines).strip()
            if line and not line.startswith("#"):
                yield read_link(line, at)
        except StopIteration:
            return
        except FieldError as error:
            yield RejectedRow(at, str(error))


def read_link(link: str, at: str) -> ListRow:
    """Read one link.

    Raises:
        FieldError: another kind of link, or one that names nothing that we can look for.
    """
    if link[:8].lower() == "magnet:?":
        return _magnet(link[8:], at)
    if link[:7].lower() == "ed2k://":
        return _ed2k(link, at)
    raise FieldError("it is neither a magnet link nor an ed2k file link")


def _magnet(query: str, at: str) -> ListRow:
    try:
        pairs = parse_qsl(query, max_num_fields=64)
    except ValueError:
        raise FieldError("it has more than 64 fields") from None
    topics = [value for key, value in pairs if key.split(".")[0] == "xt"][:_MAX_TOPICS]
    names = [name for topic in topics if (name := _topic(topic)) is not None]
    if not names:
        raise FieldError("it has no 'xt' that we can look for (btih, btmh, ed2k, sha1, tth…)")
    torrents = [name for name in names if name.kind in (IdentifierKind.BTIH, IdentifierKind.BTMH)]
    size = next((value for key, value in pairs if key == "xl"), None)
    return ListRow(
        at=at,
        # A torrent's name and a file's name in one link need not be of one file.
        identifiers=fields.distinct(torrents or names),
        size_bytes=None if torrents else fields.size(size, "xl"),
    )


def _topic(topic: str) -> Identifier | None:
    """Read an exact topic; None for a kind that is not ours."""
    scheme, _, text = topic.rpartition(":")
    scheme = scheme.lower()
    if scheme == "urn:btmh":
        if not text.startswith(_SHA256_MULTIHASH):
            raise FieldError("its btmh is no SHA-256 multihash (1220…)")
        return fields.digest(IdentifierKind.BTMH, text[4:], "its btmh")
    kind = _HEX_KINDS.get(scheme)
    if kind is None:
        return None
    if len(text) in (32, 39) and kind in (
        IdentifierKind.BTIH,
        IdentifierKind.SHA1,
        IdentifierKind.AICH,
        IdentifierKind.TTH,
    ):
        return Identifier(kind, _base32(text))
    return fields.digest(kind, text, f"its {kind}")


def _base32(text: str) -> bytes:
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except binascii.Error:
        raise FieldError(f"{fields.quoted(text)} is not base32") from None


def _ed2k(link: str, at: str) -> ListRow:
    found = _ED2K.fullmatch(link)
    if found is None:
        raise FieldError("it is no ed2k file link (ed2k://|file|name|size|hash|/)")
    size, digest, rest = found.groups()
    names = [fields.digest(IdentifierKind.ED2K, digest, "its hash")]
    if aich := _AICH.search(rest):
        names.append(Identifier(IdentifierKind.AICH, _base32(aich[1])))
    return ListRow(
        at=at, identifiers=fields.distinct(names), size_bytes=fields.size(size, "its size")
    )
