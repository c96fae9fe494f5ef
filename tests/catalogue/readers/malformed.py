"""Lists that are wrong, over all formats: what a reader must refuse, by name, fast and small.

Run as a program it reads each of them and prints, as JSON, what each came to, how long the
slowest took and how much memory the whole process ever held.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from luzeiro.catalogue.readers import encase, iwf
from luzeiro.catalogue.readers.column_map import ColumnMap
from luzeiro.catalogue.readers.detect import FORMATS
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import RejectedRow
from tests.catalogue.readers import builders
from tests.catalogue.readers.builders import media, ncmec_entry, nsrl_row, repeated

MAPS = {
    "csv": ColumnMap(columns={"md5": "MD5", "size": "Size", "label": "Cat"}),
    "tsv": ColumnMap(columns={"md5": "MD5", "size": "Size", "label": "Cat"}, layout="tsv"),
    "jsonl": ColumnMap(columns={"md5": "MD5", "size": "Size", "label": "Cat"}, layout="jsonl"),
    "iwf": iwf.default_columns(),
}
GIANT = 32 * 1024 * 1024  # bytes; never in memory at once on our side
WRONG: dict[str, object] = {
    "true": True,
    "false": False,
    "float": 1.5,
    "negative": -1,
    "list": ["x"],
    "object": {"x": 1},
    "short": "ab",
    "not hexadecimal": "z" * 32,
    "odd": "a" * 33,
    "long": "a" * 300_000,
    "zero character": "\0" * 32,
    "surrogate": "\ud800" * 32,
    "huge number": 10**25,
}
NOT_WRONG = {("Category", "short"), ("Category", "not hexadecimal"), ("Category", "odd")}


@dataclass(frozen=True, slots=True)
class Case:
    """One wrong list."""

    format: str  # a key of FORMATS, or of MAPS
    name: str
    data: bytes | Callable[[], BinaryIO]

    def open(self) -> BinaryIO:
        return BytesIO(self.data) if isinstance(self.data, bytes) else self.data()

    def __str__(self) -> str:
        return f"{self.format}: {self.name}"


def complaint(case: Case) -> str | None:
    """The first error that the list's reader names; None where it names none."""
    try:
        if case.format in MAPS:
            its = FORMATS["iwf" if case.format == "iwf" else "mapped"]
            rows = its.read(case.open(), MAPS[case.format])
        else:
            rows = FORMATS[case.format].read(case.open())
        return next((row.why for row in rows if isinstance(row, RejectedRow)), None)
    except ListError as error:
        return str(error)


def cases() -> Iterator[Case]:
    """Give every case; more than 200, each under a name of its own."""
    for name, data in _valid().items():
        if name not in {"nsrl", "csv", "tsv", "jsonl"}:
            yield from _cut(name, data)
        empty = ("one word", b"word") if name == "jsonl" else ("nothing at all", b"")
        yield Case(name, *empty)
        yield Case(name, "zero bytes", b"\0" * 5000)
        yield Case(name, "all bytes", bytes(range(256)) * 20)
        yield Case(name, "not UTF-8 anywhere", b"\xff\xff\xc3\x28\n" * 500)
    yield from _json()
    yield from _xml()
    yield from _tables()
    yield from _databases()
    yield from _encase()
    yield from _hashkeeper()


def _valid() -> dict[str, bytes]:
    digest = builders.invented("md5", 1)
    return {
        "vics": builders.vics_cases([[media(1), media(2)], [media(3)]]),
        "caid": builders.vics_media([media(1), media(2)], region="UK"),
        "ncmec": builders.ncmec(ncmec_entry(1), builders.ncmec_deleted(2), ncmec_entry(3)),
        "encase": builders.encase_set([bytes.fromhex(digest)] * 3),
        "hashkeeper": builders.hashkeeper(1),
        "nsrl": builders.nsrl([nsrl_row(1)]),
        "csv": f"MD5,Size,Cat\n{digest},1,A\n".encode(),
        "tsv": f"MD5\tSize\tCat\n{digest}\t1\tA\n".encode(),
        "jsonl": json.dumps({"MD5": digest, "Size": 1, "Cat": "A"}).encode(),
        "iwf": f"MD5,SHA1,SHA256,Category\n{digest},,,A\n".encode(),
    }


def _cut(name: str, data: bytes) -> Iterator[Case]:
    if name == "iwf":
        return
    last = len(data) - 1 if name != "hashkeeper" else data.index(b'"hash"')
    for part in range(1, 13):
        yield Case(name, f"cut after {part} parts of 13", data[: last * part // 13])
    yield Case(name, "cut before the last byte", data[:last])


def _hashkeeper() -> Iterator[Case]:
    data = builders.hashkeeper(1)
    digest = builders.invented("md5", 1).encode()
    yield Case("hashkeeper", "cut in a quoted field", data[: data.index(b"PST") + 2])
    yield Case("hashkeeper", "cut in a digest", data[: data.index(digest) + 20])
    yield Case("hashkeeper", "cut in a size", data.replace(b",100,", b",1-0,"))
    yield Case("hashkeeper", "a digest not hexadecimal", data.replace(digest, b"z" * 32))


def _json() -> Iterator[Case]:
    for field in ("MD5", "SHA1", "SHA256", "Category", "MediaSize", "DateUpdated"):
        for what, value in WRONG.items():
            if (field, what) not in NOT_WRONG:
                data = builders.vics_media([media(1, **{field: value})])
                yield Case("vics", f"{field} is {what}", data)
    for what, value in {**WRONG, "many": [{"HashName": "x"}] * 100}.items():
        data = builders.vics_media([media(1, AlternativeHashes=value)])
        yield Case("vics", f"AlternativeHashes is {what}", data)
    for what, value in (*WRONG.items(), ("null", None), ("text", "x")):
        yield Case("vics", f"a media is {what}", builders.vics_media([value]))
        yield Case("vics", f"value is {what}", _document(json.dumps(value)))
        yield Case(
            "vics",
            f"the context is {what}",
            b'{"@odata.context": %s, "value": []}' % (json.dumps(value).encode()),
        )
    for what, text in {
        "a comma too many": "[{},]",
        "no comma": "[{} {}]",
        "a comma for a start": "[,{}]",
        "single quotes": "[{'MD5': 'x'}]",
        "a comment": "[/* x */ {}]",
        "brackets crossed": '[{"a": [}]}]',
        "an escape that is none": r'[{"a": "\x"}]',
        "a control character": '[{"a": "\x01"}]',
        "a number with many digits": '[{"a": ' + "9" * 100_000 + "}]",
        "a word": "[tru]",
    }.items():
        yield Case("vics", what, _document(text))
    yield Case(
        "vics",
        "bad UTF-8 in a media",
        _document('[{"Comments": "~"}]').replace(b"~", b"\xe2\x28\xa1"),
    )
    yield Case("vics", "UTF-16 cut in a character", _valid()["vics"].decode().encode("utf-16")[:-1])
    yield Case("vics", "an array for a document", b"[]")
    yield Case("vics", "no value", b'{"@odata.context": "x"}')
    yield Case("vics", "two documents", _valid()["vics"] * 2)
    yield Case("vics", "a case that is no object", _cases("[1]"))
    for depth in (65, 900, 100_000):
        yield Case("vics", f"{depth} arrays deep", _document("[" * depth))
        yield Case("vics", f"{depth} objects deep", _document('[{"a":' + '{"a":' * depth))
        yield Case("vics", f"a case {depth} deep", _cases('[{"x":' + "[" * depth))
    start, end = _document("[~]").split(b"~")
    for what, piece in {
        "string": b"A",
        "escapes": b"\\u0041",
        "backslashes": b"\\\\",
    }.items():
        yield Case("vics", f"an endless {what}", _giant(start + b'{"Miniature": "', piece))
    yield Case("vics", "an endless number", _giant(start, b"9"))
    yield Case("vics", "an endless key", _giant(start + b'{"', b"k"))
    yield Case("vics", "an endless media", _giant(start + b"{", b'"a": 1, ', b'"b": 1}' + end))
    yield Case("vics", "endless space", _giant(start, b" "))
    yield Case("vics", "an endless context", _giant(b'{"@odata.context": "', b"x"))
    yield Case("vics", "an endless key of the document", _giant(b'{"', b"x"))
    yield Case(
        "vics", "digits that are an endless text", _giant(start + b'{"MD5": "', b"a", b'"}' + end)
    )


def _document(value: str) -> bytes:
    context = builders.VICS_2_0.format("US", "Media")
    return f'{{"@odata.context": "{context}", "value": {value}}}'.encode()


def _cases(value: str) -> bytes:
    context = builders.VICS_2_0.format("US", "Cases")
    return f'{{"@odata.context": "{context}", "value": {value}}}'.encode()


def _giant(start: bytes, piece: bytes, end: bytes = b"") -> Callable[[], BinaryIO]:
    return lambda: repeated(start, piece, GIANT // len(piece), end)


def _xml() -> Iterator[Case]:
    entry = ncmec_entry(1)
    digest = builders.invented("md5", 1).lower()
    for what, old, new in (
        ("a digest too short", digest, "ab"),
        ("a digest not hexadecimal", digest, "z" * 32),
        ("an empty file's digest", digest, "d41d8cd98f00b204e9800998ecf8427e"),
        ("two digests of a kind", "</sha1>", f"</sha1><md5>{'a' * 32}</md5>"),
        ("a day that is none", "2017-10-24T15:00:00Z", "yesterday"),
        ("a label too long", ">A1<", f">{'A' * 100}<"),
        ("no id", "<id>image1</id>", ""),
        ("no member", ' id="42"', ""),
        ("a member too long", '"42"', f'"{"4" * 100}"'),
        ("nothing in fingerprints", "<fingerprints>", "<other>"),
        ("a tag not closed", "</id>", ""),
        ("a stray ampersand", "image1", "a & b"),
        ("an entity undeclared", "image1", "&x;"),
        ("a character that is none", "image1", "\x01"),
        ("an attribute twice", 'id="42"', 'id="42" id="43"'),
        ("a prefix undeclared", "<id>", "<q:id>"),
        ("deep", "<id>", "<a>" * 30),
        ("very deep", "<id>", "<a>" * 100_000),
    ):
        changed = entry.replace(old, new)
        if what == "nothing in fingerprints":
            changed = changed.replace("</fingerprints>", "</other>")
        yield Case("ncmec", what, builders.ncmec(changed))
    for what, before in {
        "billion laughs": "<!DOCTYPE z [<!ENTITY a 'ha'>"
        + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
        + "]>",
        "quadratic blowup": f"<!DOCTYPE z [<!ENTITY a '{'x' * 60_000}'>]>",
        "an external entity": "<!DOCTYPE z [<!ENTITY a SYSTEM 'file:///dev/zero'>]>",
        "an external document type": "<!DOCTYPE z SYSTEM 'http://192.0.2.1/x.dtd'>",
        "a parameter entity": "<!DOCTYPE z [<!ENTITY % a SYSTEM 'file:///dev/zero'> %a;]>",
    }.items():
        yield Case("ncmec", what, builders.ncmec(entry, before=before))
    yield Case("ncmec", "another root", b"<status/>")
    yield Case("ncmec", "version 1", b'<queryResult xmlns="https://example.org/v1"/>')
    yield Case("ncmec", "an unknown encoding", b'<?xml version="1.0" encoding="x-none"?><a/>')
    yield Case("ncmec", "an encoding that is a codec", b'<?xml version="1.0" encoding="hex"?><a/>')
    yield Case("ncmec", "bad UTF-8", builders.ncmec(entry).replace(b"image1", b"\xe2\x28\xa1"))
    yield Case("ncmec", "something after the root", builders.ncmec(entry) + b"<a/>")
    start = builders.ncmec("@").split(b"@")[0]
    for what, opening in {
        "an endless tag": b"<",
        "an endless attribute": b'<image a="',
        "an endless comment": b"<!--",
        "an endless instruction": b"<?a ",
        "an endless text": b"<image><id>",
        "an endless section": b"<image><id><![CDATA[",
    }.items():
        yield Case("ncmec", what, _giant(start + opening, b"x" * 16))
    yield Case("ncmec", "an endless document type", _giant(b"<!DOCTYPE a [", b"<!ELEMENT b ANY>"))


def _tables() -> Iterator[Case]:
    digest = builders.invented("md5", 1)
    good = {"MD5": digest, "Size": "1", "Cat": "A"}
    for field, value in (
        ("MD5", ""),
        ("MD5", "x"),
        ("MD5", digest + "0"),
        ("MD5", "a" * 200_000),
        ("Size", "-1"),
        ("Size", "1.5"),
        ("Size", "9" * 5000),
        ("Cat", "A" * 65),
        ("Cat", "\x07"),
    ):
        cells = good | {field: value}
        name = f"{field} is {value[:9]!r} of {len(value)}"
        lines = {
            "csv": f"MD5,Size,Cat\n{','.join(cells.values())}\n",
            "tsv": "MD5\tSize\tCat\n" + "\t".join(cells.values()),
            "jsonl": json.dumps(cells),
        }
        for layout, text in lines.items():
            yield Case(layout, name, text.encode())
    for what, line in {
        "a list": "[1]",
        "a word": "word",
        "deep": "[" * 100_000,
        "a number with many digits": "9" * 10_000,
        "MD5 is a number": '{"MD5": 5}',
        "MD5 is a list": '{"MD5": ["x"]}',
    }.items():
        yield Case("jsonl", what, line.encode())
    yield Case("csv", "too few columns", f"MD5,Size,Cat\n{digest},1\n".encode())
    yield Case("csv", "a quote not closed", f'MD5,Size,Cat\n"{digest},1,A\n'.encode())
    yield Case("csv", "text after a quote", f'MD5,Size,Cat\n"{digest}"x,1,A\n'.encode())
    yield Case("csv", "a column not there", b"MD5,Size\n")
    yield Case("csv", "a column twice", b"MD5,MD5,Size,Cat\n")
    yield Case("csv", "many columns", b"x," * 5000 + b"MD5,Size,Cat\n")
    yield Case("csv", "bad UTF-8 in a row", b"MD5,Size,Cat\n\xff,1,A\n")
    for layout, separator in (("csv", b","), ("tsv", b"\t")):
        head = separator.join([b"MD5", b"Size", b"Cat\n"])
        yield Case(layout, "an endless line", _giant(head, b"x" * 16))
        yield Case(layout, "endless columns", _giant(head, separator * 16))
        yield Case(layout, "an endless header", _giant(b"", b"x" * 16))
    yield Case("csv", "an endless quoted field", _giant(b'MD5,Size,Cat\n"', b"x\n" * 8))
    yield Case("jsonl", "an endless line", _giant(b'{"MD5": "', b"x" * 16))


def _databases() -> Iterator[Case]:
    valid = builders.nsrl([nsrl_row(number) for number in range(200)])
    for part in range(1, 8):
        yield Case("nsrl", f"cut after {part} parts of 8", valid[: len(valid) * part // 8])
    for what, row in {
        "a digest too short": ("ab", None, None, "x", 1, 1),
        "no digest": (None, None, None, "x", 1, 1),
        "a digest that is a number": (5, None, None, "x", 1, 1),
        "a digest that is a blob": (None, None, b"\xff" * 40, "x", 1, 1),
        "a size that is text": (*nsrl_row(1)[:3], "x", "many", 1),
        "a size that is negative": (*nsrl_row(1)[:3], "x", -5, 1),
        "a giant digest": ("a" * 900_000, None, None, "x", 1, 1),
        "a digest past every limit": ("a" * 4_000_000, None, None, "x", 1, 1),
    }.items():
        yield Case("nsrl", what, builders.nsrl([row]))
    for what, view in {
        "an endless view": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) "
        "SELECT i AS md5 FROM n",
        "a view that grows": "SELECT hex(zeroblob(900000000)) AS md5 FROM BASE",
        "a view of itself": "SELECT * FROM FILE",
        "a view of nothing": "SELECT * FROM gone",
    }.items():
        yield Case("nsrl", what, builders.nsrl([nsrl_row(1)], view=view))
    yield Case("nsrl", "no such table", builders.database("CREATE TABLE x(md5)"))
    damaged = bytearray(valid)
    damaged[4096:8192] = b"\xff" * 4096
    yield Case("nsrl", "a page overwritten", bytes(damaged))
    yield Case("nsrl", "a header and nothing", valid[:100])
    of_view = builders.nsrl([nsrl_row(1)], view="SELECT * FROM BASE")
    named = of_view.replace(b"SELECT * FROM BASE", b"SELECT * FROM B\xfa\xff\xfe")
    yield Case("nsrl", "a schema not UTF-8", named)


def _encase() -> Iterator[Case]:
    digest = bytes.fromhex(builders.invented("md5", 1))
    yield Case("encase", "fewer records than counted", builders.encase_set([digest], count=2))
    yield Case("encase", "four thousand million records", builders.encase_set([], count=2**32 - 1))
    yield Case("encase", "more records than counted", builders.encase_set([digest] * 2, count=1))
    empty = bytes.fromhex("d41d8cd98f00b204e9800998ecf8427e")
    yield Case("encase", "an empty file's digest", builders.encase_set([empty]))
    yield Case("encase", "a category that does not print", builders.encase_set([], category="\x07"))
    yield Case("encase", "no version", encase.MAGIC + bytes(encase.HEADER_BYTES))
    yield Case(
        "encase", "endless records", _giant(builders.encase_set([], count=3), digest + b"\0\0")
    )


def main() -> None:
    """Read every case and print what it came to."""
    outcome: dict[str, object] = {}
    slowest, took_s = "", 0.0
    for case in cases():
        began = time.process_time()  # not the clock: others may be busy beside us
        outcome[str(case)] = complaint(case)
        if (took := time.process_time() - began) > took_s:
            slowest, took_s = str(case), took
    # Not ru_maxrss: that begins with what the parent held when it forked.
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
    json.dump(
        {"cases": outcome, "slowest": slowest, "took_s": took_s, "peak_bytes": peak}, sys.stdout
    )


if __name__ == "__main__":
    main()
