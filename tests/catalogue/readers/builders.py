"""Lists made from the published structures with invented values: no real digest, name or place."""

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from io import BufferedReader, BytesIO, RawIOBase
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from luzeiro.catalogue.readers import encase, vics
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.observations.identifiers import Identifier, IdentifierKind

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

VICS_1_3 = "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media"
VICS_2_0 = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{}/$metadata#{}"
HSH_HEADER = (
    '"file_id","hashset_id","file_name","directory","hash","file_size","date_modified",'
    '"time_modified","time_zone","comments","date_accessed","time_accessed"\r\n'
)
Rows = list[ListRow | RejectedRow]


def invented(kind: str, number: int) -> str:
    """A digest of nothing that exists, in capitals as lists have it."""
    return hashlib.new(kind, b"invented file %d" % number).hexdigest().upper()


def identifiers(number: int, *kinds: str) -> tuple[Identifier, ...]:
    return tuple(
        Identifier.from_hex(IdentifierKind(kind), invented(kind, number)) for kind in kinds
    )


def media(number: int = 1, **changes: object) -> dict[str, object]:
    """A media as VICS 2.0 writes it; a change to ... takes the field out."""
    fields: dict[str, object] = {
        "MediaID": number,
        "Category": 1,
        "MD5": invented("md5", number),
        "SHA1": invented("sha1", number),
        "MediaSize": 1000 + number,
        "DateUpdated": "2023-06-07T02:31:49.8300Z",
        "IsPrecategorized": "true",
        "VictimIdentified": "false",
        "Series": 'Invented ] } " series ✓',
        "MediaFiles": [
            {"MD5": invented("md5", number), "FileName": f"{number}.jpg", "FilePath": "C:\\x"},
            {"MD5": invented("md5", number), "FileName": f"{number}.jpg", "FilePath": "C:\\y"},
        ],
        "AlternativeHashes": [{"HashName": "PhotoDNA", "HashValue": "AAAA"}],
    }
    return {name: value for name, value in (fields | changes).items() if value is not ...}


def vics_media(
    medias: Sequence[object], *, region: str = "US", context: str | None = None, **dump: object
) -> bytes:
    said = VICS_2_0.format(region, "Media") if context is None else context
    return _dumped({"@odata.context": said, "value": medias}, dump)


def vics_1_3(medias: Sequence[object], **dump: object) -> bytes:
    return _dumped({"odata.metadata": VICS_1_3, "value": medias}, dump)


def vics_cases(cases: Sequence[Sequence[object]], *, region: str = "US", **dump: object) -> bytes:
    value = [
        {"CaseID": str(number), "TotalMediaFiles": 999, "Media": medias, "ContactName": "x"}
        for number, medias in enumerate(cases)
    ]
    return _dumped({"@odata.context": VICS_2_0.format(region, "Cases"), "value": value}, dump)


def _dumped(document: object, dump: dict[str, object]) -> bytes:
    return json.dumps(document, **dump).encode()  # type: ignore[arg-type]  # options of json


def ncmec_entry(number: int = 1, *, tag: str = "image", extra: str = "", prints: str = "") -> str:
    prints = prints or (
        f"<md5>{invented('md5', number).lower()}</md5>"
        f"<sha1>{invented('sha1', number).lower()}</sha1><pdna>AAAA...</pdna>"
    )
    return (
        f'<{tag}><member id="42">Example Member</member><timestamp>2017-10-24T15:00:00Z</timestamp>'
        f"<id>{tag}{number}</id><classification>A1</classification>"
        f"<fingerprints>{prints}</fingerprints>{extra}</{tag}>"
    )


def ncmec_deleted(number: int = 1, *, tag: str = "image") -> str:
    return (
        f'<deleted{tag.title()}><member id="42">Example Member</member><id>{tag}{number}</id>'
        f"<timestamp>2017-10-24T15:10:00Z</timestamp></deleted{tag.title()}>"
    )


def ncmec(*entries: str, group: str = "images", before: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{before}'
        '<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">\n'
        f'<{group} count="{len(entries)}" maxTimestamp="2017-10-24T15:10:00Z">\n'
        + "\n".join(entries)
        + f"</{group}>\n<paging><next>/v2/entries?start=2001&amp;size=1000</next></paging>"
        "</queryResult>"
    ).encode()


def encase_set(
    digests: Sequence[bytes], *, category: str = "Notable", count: int | None = None
) -> bytes:
    header = bytearray(encase.HEADER_BYTES)
    header[:16] = encase.MAGIC + encase.VERSION
    header[16:20] = (len(digests) if count is None else count).to_bytes(4, "little")
    header[0x408 : 0x408 + 20] = "Invented 1".encode("utf-16-le")
    text = category.encode("utf-16-le")
    header[0x458 : 0x458 + len(text)] = text
    return bytes(header) + b"".join(digest + b"\0\0" for digest in digests)


def hashkeeper(*numbers: int) -> bytes:
    lines = [
        f'{number},5,"A{number}.HLP","C:\\WINDOWS","{invented("md5", number)}",{number * 100},'
        '7/11/95 0:00:00,12/30/99 9:50:00,"PST",,,\r\n'
        for number in numbers
    ]
    return (HSH_HEADER + "".join(lines)).encode("windows-1252")


NSRL_COLUMNS = "(sha256, sha1, md5, file_name, file_size, package_id)"


def nsrl(rows: Sequence[Sequence[object]], *, view: str | None = None) -> bytes:
    """A database as NSRL publishes it; with `view`, that as FILE over BASE and no other table."""
    base = "METADATA" if view is None else "BASE"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rds.db"
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"CREATE TABLE {base}{NSRL_COLUMNS}")
            connection.execute(f"CREATE VIEW FILE AS {view or 'SELECT * FROM METADATA'}")
            connection.executemany(f"INSERT INTO {base} VALUES (?, ?, ?, ?, ?, ?)", rows)
        return path.read_bytes()


def database(*statements: str) -> bytes:
    """Another database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "other.db"
        with closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return path.read_bytes()


def nsrl_row(number: int) -> tuple[object, ...]:
    digests = (invented(kind, number) for kind in ("sha256", "sha1", "md5"))
    return (*digests, f"{number}.dll", 100 * number, 7)


def read_vics(data: bytes) -> Rows:
    return list(vics.read(BytesIO(data)))


def accepted(rows: Rows) -> list[ListRow]:
    assert all(isinstance(row, ListRow) for row in rows), rows
    return [row for row in rows if isinstance(row, ListRow)]


def rejections(rows: Rows) -> list[str]:
    return [row.why for row in rows if isinstance(row, RejectedRow)]


class Trickle(BytesIO):
    """A stream that gives what it holds in small pieces, whatever it is asked for."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._step if size is None or size < 0 else min(size, self._step))


class _Pieces(RawIOBase):
    """A raw stream of a start, one piece many times, and an end; none of it kept."""

    def __init__(self, start: bytes, piece: bytes, times: int, end: bytes) -> None:
        block = piece * min(times, 10_000)
        whole = repeat(block, times // 10_000)
        self._parts = chain([start], whole, [piece * (times % 10_000), end])
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        into = memoryview(buffer).cast("B")
        while not self._left:
            if (part := next(self._parts, None)) is None:
                return 0
            self._left = memoryview(part)
        size = min(len(into), len(self._left))
        into[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def repeated(start: bytes, piece: bytes, times: int, end: bytes = b"") -> BinaryIO:
    """A stream that is never in memory as a whole."""
    return BufferedReader(_Pieces(start, piece, times, end))
