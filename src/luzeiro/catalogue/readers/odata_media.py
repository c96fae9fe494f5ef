"""Media lists and cases in OData JSON: the layout that Project VIC and CAID share.

    {"@odata.context": ".../DataModels/2.0.xml/US/$metadata#Media", "value": [MEDIA, ...]}
    {"@odata.context": "...#Cases", "value": [{"CaseID": ..., "Media": [MEDIA, ...]}, ...]}

Version 1 writes "odata.metadata" and names no region. Pictures and thumbnails inside a media
are never kept, and neither are names, paths and comments.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from luzeiro.catalogue.readers import fields
from luzeiro.catalogue.readers.errors import FieldError, ListError
from luzeiro.catalogue.readers.jsontext import JsonText, Unread
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.observations.identifiers import Identifier, IdentifierKind

CONTEXT_KEYS = ("@odata.context", "odata.metadata")
MAX_ALTERNATIVES = 64  # alternative hashes of one media
_CONTEXT = re.compile(
    r"https?://[^#\s]{1,200}/DataModels/(\d)\.(\d)\.xml(?:/(\w{1,32}))?(?:/\$metadata)?#(\w+)",
    re.ASCII | re.IGNORECASE,
)


class Media(msgspec.Struct, frozen=True):
    """The fields that we read of a media, in whatever type they came; the others are skipped."""

    Category: object = None
    MD5: object = None
    SHA1: object = None
    SHA256: object = None
    MediaSize: object = None
    DateUpdated: object = None
    AlternativeHashes: object = None


_MEDIA_FIELDS = Media.__struct_fields__
_decoder = msgspec.json.Decoder(list[Media])


def _decode(text: str) -> list[Media]:
    try:
        return _decoder.decode(text)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Context:
    """What the document says of itself: data model, region (None: not said), media or cases."""

    major: int
    minor: int
    region: str | None
    cases: bool


def read_context(value: object) -> Context | None:
    """Read the context of a Project VIC or CAID document; None where it is of something else."""
    found = _CONTEXT.match(value) if isinstance(value, str) and len(value) < 512 else None
    if found is None or found[4].lower() not in {"media", "cases"}:
        return None
    region = (found[3] or "").lower()
    said = None if region in {"", "default"} else region
    return Context(int(found[1]), int(found[2]), said, found[4].lower() == "cases")


def read_media(
    stream: BinaryIO, scheme_of: Callable[[Context], str | None]
) -> Iterator[ListRow | RejectedRow]:
    """Give the rows of a document whose context `scheme_of` accepts, in constant memory.

    Raises:
        ListError: another document, or one that cannot go on.
    """
    text = JsonText(stream)
    if not text.starts("{"):
        raise _not_ours(text.where)
    context: Context | None = None
    seen = False
    for key in text.keys():  # noqa: SIM118 - not a mapping
        if key in CONTEXT_KEYS:
            context = read_context(text.value())
            if context is None:
                raise _not_ours(text.where)
        elif key == "value" and not seen:
            if context is None:
                raise _not_ours(text.where)
            seen = True
            yield from _values(text, context, scheme_of(context))
        else:
            text.skip()
    text.end()
    if not seen:
        raise _not_ours(text.where)


def _not_ours(at: str) -> ListError:
    return ListError(
        "no Project VIC or CAID document: '@odata.context' (or 'odata.metadata') must come first, "
        "name a data model and end in #Media or #Cases, and 'value' must follow",
        at=at,
        remedy="Export the list again as VICS JSON, or name its format with --format.",
    )


def _values(
    text: JsonText, context: Context, scheme: str | None
) -> Iterator[ListRow | RejectedRow]:
    if not text.starts("["):
        raise ListError(
            "'value' is no list", at=text.where, remedy="Export the list again as VICS JSON."
        )
    yield from _cases(text, scheme) if context.cases else _rows(text, scheme, "value")


def _cases(text: JsonText, scheme: str | None) -> Iterator[ListRow | RejectedRow]:
    for number, _ in enumerate(text.openings()):
        if not text.starts("{"):
            text.skip()
            yield RejectedRow(f"value[{number}]", "it is no case: an object was expected")
            continue
        for key in text.keys():  # noqa: SIM118 - not a mapping
            if key == "Media" and text.starts("["):
                yield from _rows(text, scheme, f"value[{number}].Media")
            else:
                text.skip()


def _rows(text: JsonText, scheme: str | None, path: str) -> Iterator[ListRow | RejectedRow]:
    for number, element in enumerate(text.elements(_decode)):
        at = f"{path}[{number}]"
        try:
            media = element if type(element) is Media else _media(element)
            yield row_of(media, at, scheme)
        except FieldError as error:
            yield RejectedRow(at, str(error))


def _media(element: object) -> Media:
    if type(element) is not dict:
        why = element.why if isinstance(element, Unread) else "it is no media, which is an object"
        raise FieldError(why)
    return Media(**{name: element[name] for name in _MEDIA_FIELDS if name in element})


def row_of(media: Media, at: str, scheme: str | None) -> ListRow:
    """Make the row of one media.

    Raises:
        FieldError: nobody has judged it, it has no digest, or a field cannot be read.
    """
    # IsPrecategorized is not asked: exporters set it on media that nobody has categorised.
    label = fields.label(media.Category, "'Category'")
    if label is None:
        raise FieldError("it has no 'Category': nobody has judged it, so there is no vote to take")
    identifiers = []
    if (md5 := media.MD5) is not None and md5 != "":
        identifiers.append(fields.digest(IdentifierKind.MD5, md5, "'MD5'"))
    if (sha1 := media.SHA1) is not None and sha1 != "":
        identifiers.append(fields.digest(IdentifierKind.SHA1, sha1, "'SHA1'"))
    if (sha256 := media.SHA256) is not None and sha256 != "":
        identifiers.append(fields.digest(IdentifierKind.SHA256, sha256, "'SHA256'"))
    distinct = len(identifiers)
    if media.AlternativeHashes is not None:
        identifiers += _alternatives(media.AlternativeHashes)
    same = len(identifiers) == distinct > 0  # as nearly always: nothing can differ
    return ListRow(
        at=at,
        identifiers=tuple(identifiers) if same else fields.distinct(identifiers),
        size_bytes=fields.size(media.MediaSize, "'MediaSize'"),
        scheme=scheme,
        label=label,
        voted_on=fields.day(media.DateUpdated, "'DateUpdated'"),
    )


def _alternatives(hashes: object) -> Iterator[Identifier]:
    if type(hashes) is not list or len(hashes) > MAX_ALTERNATIVES:
        raise FieldError(f"'AlternativeHashes' is no list of at most {MAX_ALTERNATIVES}")
    for entry in hashes:
        name = entry.get("HashName") if type(entry) is dict else None
        if type(name) is not str:
            raise FieldError("'AlternativeHashes' holds something without a 'HashName'")
        if (kind := fields.kind_named(name)) is not None:
            yield fields.digest(kind, entry.get("HashValue"), f"the {kind} in 'AlternativeHashes'")
