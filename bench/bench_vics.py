"""Reading and importing a Project VIC 2.0 list, measured against `json.load` and ijson.

`python -m bench.bench_vics` reads 200,000 synthetic media; `--media 5e6` is the full run and needs
10 GB of disk, given back at its end. The rivals only read; an import also decides about each row
and commits entries, identifiers and votes to a catalogue of its own. Each way runs in a process of
its own, makes the same rows by the same code, and is asked for a sum over them that must agree.
`json.load` gets a part of the file (`--part`), since it holds all that it reads. Ratios are of
processor time, which other work on the machine sways least; the clock's rate stands beside it.
Figures of one run on one machine: compare within it.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from luzeiro.catalogue.importing import Import, import_rows
from luzeiro.catalogue.readers import vics
from luzeiro.catalogue.readers.odata_media import Media, row_of
from luzeiro.catalogue.rows import ListRow, RejectedRow
from luzeiro.catalogue.store import open_catalogue

CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
WAYS = ("ours", "ijson", "json.load")
IMPORTS = ("import", "import again")  # into an empty catalogue; the same list once more


def main() -> None:
    arguments = _arguments()
    if arguments.way:
        how = measured_import if arguments.way in IMPORTS else measure
        print(json.dumps(how(arguments.way, arguments.file)))
        return
    count, part = int(arguments.media), int(min(arguments.part, arguments.media))
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        whole, some = Path(folder) / "whole.json", Path(folder) / "part.json"
        write_list(whole, count)
        write_list(some, part)
        print(f"{count:,} media, {whole.stat().st_size / 1e9:.2f} GB; a part of {part:,}")
        results = {way: _apart(way, some) for way in WAYS}
        checks = {result["check"] for result in results.values()}
        assert len(checks) == 1, "the ways do not agree on the rows"
        for way, result in results.items():
            _show(f"{way}, part", result, results["ours"])
        if count > part:
            for way in arguments.whole or WAYS[:2]:
                _show(f"{way}, whole", _apart(way, whole), results["ours"])
        for way in IMPORTS:
            _show(f"{way}, whole", _apart(way, whole), results["ours"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", type=float, default=2e5, help="in the synthetic list")
    parser.add_argument("--part", type=float, default=2e5, help="of them, for json.load")
    parser.add_argument("--folder", type=Path, help="where the list goes while it runs")
    parser.add_argument(
        "--whole", action="append", choices=WAYS[:2], help="which of them read the whole list too"
    )
    parser.add_argument("--way", choices=(*WAYS, *IMPORTS), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _apart(way: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.bench_vics", "--way", way, "--file", str(file)]
    ran = subprocess.run(command, capture_output=True, check=True)
    result: dict[str, float] = json.loads(ran.stdout)
    return result


def _show(name: str, result: dict[str, float], ours: dict[str, float]) -> None:
    rate = result["rows"] / result["cpu_s"]
    times = rate / (ours["rows"] / ours["cpu_s"])
    print(
        f"{name:20} {rate:>9,.0f} rows/CPU-s  {result['rows'] / result['took_s']:>9,.0f} rows/s  "
        f"{times:5.2f} of our reading  "
        f"{result['peak_mb']:>7,.0f} MB peak"
        + (f"  {result['bytes_each']:.0f} bytes a row" if "bytes_each" in result else ""),
        flush=True,
    )


def write_list(path: Path, count: int) -> None:
    """Write `count` invented media, the same for the same count."""
    random = Random(2026)
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"@odata.context": {json.dumps(CONTEXT)}, "value": [')
        for number in range(count):
            file.write(",\n" if number else "\n")
            file.write(json.dumps(_media(number, random)))
        file.write("\n]}\n")


def _media(number: int, random: Random) -> dict[str, object]:
    md5 = f"{random.getrandbits(128):032X}"
    media: dict[str, object] = {
        "MediaID": number,
        "Category": number % 4 + 1,
        "MD5": md5,
        "SHA1": f"{random.getrandbits(160):040X}",
        "MediaSize": random.randrange(1, 1 << 24),
        "DateUpdated": "2023-06-07T02:31:49.8300Z",
        "IsPrecategorized": "false",
        "VictimIdentified": "false",
        "OffenderIdentified": "false",
        "IsDistributed": "true",
    }
    if number % 3 == 0:
        hashes = [{"HashName": "PhotoDNA", "HashValue": f"{random.getrandbits(768):0192X}"}]
        media["AlternativeHashes"] = hashes
    if number % 5 == 0:
        files = [{"MD5": md5, "FileName": f"{n}.jpg", "FilePath": "C:\\invented"} for n in (1, 2)]
        media["MediaFiles"] = files
    if number % 7 == 0:
        media["Series"] = "invented ] } series"
    return media


def measure(way: str, file: Path) -> dict[str, float]:
    """Read the list one way: rows, time, the process's peak and a sum over the rows."""
    began, cpu_began = time.perf_counter(), time.process_time()
    rows = check = 0
    for row in _rows(way, file):
        rows += 1
        if isinstance(row, ListRow):
            check ^= int.from_bytes(row.identifiers[-1].digest[:6], "big")
            check += (row.size_bytes or 0) * int(row.label or 0)
    took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": rows, "took_s": took_s, "cpu_s": cpu_s, "peak_mb": peak_mb, "check": check}


def measured_import(_: str, file: Path) -> dict[str, float]:
    """Import the list into the catalogue beside it: rows, time, the process's peak, bytes."""
    home = file.parent / "home"
    home.mkdir(exist_ok=True)
    what = Import(source="A", list_name=file.name, list_sha256="0" * 64, at=datetime.now(UTC))
    with open_catalogue(home):
        began, cpu_began = time.perf_counter(), time.process_time()
        with file.open("rb") as stream:
            outcome = import_rows(vics.read(stream), what)
        took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    stored = sum(one.stat().st_size for one in home.iterdir())
    rows = outcome.counts.total()
    each = stored / rows
    return {
        "rows": rows, "took_s": took_s, "cpu_s": cpu_s, "peak_mb": peak_mb, "bytes_each": each
    }  # fmt: skip


def _rows(way: str, file: Path) -> Iterator[ListRow | RejectedRow]:
    with file.open("rb") as stream:
        if way == "ours":
            yield from vics.read(stream)
        elif way == "ijson":
            import ijson  # noqa: PLC0415 - a rival, not a dependency

            yield from _loop(ijson.items(stream, "value.item", use_float=True))
        else:
            yield from _loop(json.load(stream)["value"])


def _loop(medias: Iterable[dict[str, object]]) -> Iterator[ListRow | RejectedRow]:
    for number, media in enumerate(medias):
        wanted = {name: media[name] for name in Media.__struct_fields__ if name in media}
        yield row_of(Media(**wanted), f"value[{number}]", "vics-us")


if __name__ == "__main__":
    main()
