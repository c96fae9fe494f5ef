"""Fuzz every list reader: any bytes give rows and rejected rows, or a ListError.

python -m fuzz.fuzz_readers [--inputs N] [--seed N] [--format NAME]
"""

import argparse
import sys
from collections.abc import Callable
from io import BytesIO
from types import MappingProxyType

from fuzz.mutate import LIMIT_MS, run
from luzeiro.catalogue.readers import caid, encase, hashkeeper, iwf, mapped, ncmec, nsrl, vics
from luzeiro.catalogue.readers.column_map import read_column_map
from luzeiro.catalogue.readers.detect import HEAD_BYTES, detect
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.networks.kit.errors import WireError
from tests.catalogue.readers import builders, malformed
from tests.catalogue.readers.builders import media, ncmec_deleted, ncmec_entry, nsrl_row

_SMALL = 20_000  # bytes; malformed lists up to here are seeds as well
_MAP = b"""layout = "csv"\nheader = true\nscheme = "caid-uk"\ndate_format = "%d/%m/%Y"
[columns]\nmd5 = "MD5"\nlabel = "Cat"\n[labels]\nA = "B"\n[withdrawn]\nvalues = ["x"]\n"""


def _target(read: Callable[[BytesIO], object]) -> Callable[[bytes], object]:
    def target(data: bytes) -> object:
        try:
            rows = list(read(BytesIO(data)))  # type: ignore[call-overload]  # rows or none
        except ListError as error:
            # The driver of fuzzing knows one error; this one is as expected as that.
            raise WireError(error.what, at=0, spec=error.at) from None
        for row in rows:
            _check(row)
        if not any(isinstance(row, ListRow) for row in rows):
            raise WireError("no row was accepted", at=0, spec="")
        return rows

    return target


def _check(row: ListRow | RejectedRow) -> None:
    if isinstance(row, RejectedRow):
        assert row.at and row.why and len(row.why) < 600 and row.why.isprintable(), row
        return
    assert row.identifiers or row.withdrawn, row
    assert len({each.kind for each in row.identifiers}) == len(row.identifiers), row
    assert row.size_bytes is None or 0 < row.size_bytes < 2**63, row
    assert row.label is None or 0 < len(row.label) <= 64, row


def _column_map(stream: BytesIO) -> list[object]:
    read_column_map(stream.read())
    return []


def _detect(stream: BytesIO) -> list[object]:
    detect(stream.read(HEAD_BYTES))
    return []


def _mapped(layout: str) -> Callable[[BytesIO], object]:
    return lambda stream: mapped.read(stream, malformed.MAPS[layout])


_VALID = MappingProxyType(
    {
        "vics": [
            builders.vics_media([media(1), media(2)]),
            builders.vics_media([media(1), media(2), media(3)], indent=1),
            builders.vics_1_3([media(1, DateUpdated="/Date(1404043200000+0200)/")]),
            builders.vics_cases([[media(1)], [media(2), media(3)]]),
        ],
        "caid": [builders.vics_media([media(1, Category="A"), media(2)], region="UK")],
        "ncmec": [
            builders.ncmec(ncmec_entry(1), ncmec_deleted(2), ncmec_entry(3)),
            builders.ncmec(ncmec_entry(1, tag="video"), group="videos"),
        ],
        "nsrl": [
            builders.nsrl([nsrl_row(1), nsrl_row(2)]),
            builders.nsrl([nsrl_row(1)], view="SELECT upper(md5) AS md5 FROM BASE"),
        ],
        "encase": [builders.encase_set([b"0123456789abcdef"] * 3)],
        "hashkeeper": [builders.hashkeeper(1, 2)],
        "iwf": [f"MD5,SHA1,SHA256,Category\n{builders.invented('md5', 1)},,,A\n".encode()],
        "csv": [f'MD5,Size,Cat\n"{builders.invented("md5", 1)}",5,"A""B"\n'.encode()],
        "tsv": [f"MD5\tSize\tCat\n{builders.invented('md5', 1)}\t5\tA\n".encode()],
        "jsonl": [f'{{"MD5": "{builders.invented("md5", 1)}", "Size": 5, "Cat": "A"}}'.encode()],
        "column_map": [_MAP],
        "detect": [builders.vics_media([]), builders.ncmec(), builders.encase_set([])],
    }
)
READERS: MappingProxyType[str, Callable[[BytesIO], object]] = MappingProxyType(
    {
        "vics": vics.read,
        "caid": caid.read,
        "ncmec": ncmec.read,
        "nsrl": nsrl.read,
        "encase": encase.read,
        "hashkeeper": hashkeeper.read,
        "iwf": iwf.read,
        **{layout: _mapped(layout) for layout in ("csv", "tsv", "jsonl")},
        "column_map": _column_map,
        "detect": _detect,
    }
)


def seeds(name: str) -> list[bytes]:
    """The valid lists of a format, and the small wrong ones."""
    wrong = [
        case.data
        for case in malformed.cases()
        if case.format == name and isinstance(case.data, bytes) and len(case.data) < _SMALL
    ]
    return _VALID[name] * max(1, len(wrong) // len(_VALID[name])) + wrong


def fuzz(name: str, inputs: int, seed: int) -> bool:
    """Fuzz one reader and print what it came to; whether it passed."""
    report = run(_target(READERS[name]), seeds(name), inputs, seed)
    print(
        f"{name}: {report.inputs:,} inputs, seed {seed}: {report.accepted:,} with rows accepted, "
        f"{len(report.crashes)} crashes, slowest {report.max_ms:.2f} ms (limit {LIMIT_MS:.0f})",
        flush=True,
    )
    for crash in report.crashes:
        print(f"crash: {crash.what}\n  input: {crash.data[:2000].hex()}")
    return report.passed


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz the list readers with damaged lists.")
    parser.add_argument("--inputs", type=int, default=5_000, help="of each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--format", choices=READERS, help="one reader alone")
    options = parser.parse_args()
    names = [options.format] if options.format else list(READERS)
    passed = [fuzz(name, options.inputs, options.seed) for name in names]
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
