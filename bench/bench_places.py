"""Placing and matching alone, and every look-up checked against maxminddb.

    python -m bench.bench_places [--mmdb FOLDER] [--count 1e6]

Speed, by seconds of one processor: addresses of the generated sightings (bench/sightings.py)
against a generated table, through our arrays, through the whole of `Places.place` (all columns, as
text), and through maxminddb's reader (C extension where it is installed). The limit is one random
load from an array as large as the table of /24s.

Truth: for the generated table, and for each good file of a folder of MaxMind's published test files
where one is given: random addresses, and each range's first, last and neighbours.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import maxminddb
import numpy as np
from numpy.typing import NDArray

from bench.places_table import generated
from bench.sightings import World
from luzeiro.observations.endpoint import V4_MAPPED
from luzeiro.places.errors import BrokenDataError, PlaceTableError
from luzeiro.places.loading import load_mmdb
from luzeiro.places.lookup import AddressTable
from luzeiro.places.mmdb import MmdbFile
from luzeiro.places.placing import Places
from luzeiro.places.ranges import Ranges

_Addresses = NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mmdb", type=Path, help="a folder of MaxMind DB files to check against")
    parser.add_argument("--count", type=float, default=1e6, help="addresses to check")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "generated.mmdb"
        path.write_bytes(generated())
        measure(path, Path(folder) / "places")
        check(path, int(arguments.count))
    for file in sorted(arguments.mmdb.glob("*.mmdb")) if arguments.mmdb else ():
        check(file, int(arguments.count) // 40)


def measure(path: Path, home: Path) -> None:
    began = time.process_time()
    info = load_mmdb(path, home, now=datetime.now(UTC))
    spent_s = time.process_time() - began
    print(f"load {info.networks:,} networks, {info.records:,} places: {spent_s:.1f} s")
    places = Places.open(home)
    table = World(rows=1_000_000, segment_rows=1_000_000).segment(0)
    raw = np.frombuffer(b"".join(table["remote_address"].to_pylist()), np.uint8).reshape(-1, 16)
    v4 = raw[(raw[:, :12] == np.frombuffer(V4_MAPPED, np.uint8)).all(axis=1)]
    seen_at = table["seen_at"].to_numpy()
    arrays = places.tables[0].addresses
    reader = maxminddb.open_database(str(path), maxminddb.MODE_AUTO)
    texts = [_text(one.tobytes()) for one in raw[:20_000]]
    random = np.random.default_rng(1).integers(0, 1 << 24, len(raw))
    sized = np.zeros(1 << 24, np.int32)
    rates = {
        "limit: one random load": (len(raw), lambda: sized.take(random)),
        "rows, IPv4 alone": (len(v4), lambda: arrays.find(v4)),
        "rows, one IPv6 in five": (len(raw), lambda: arrays.find(raw)),
        "places, all columns": (len(raw), lambda: places.place(raw, seen_at)),
        "maxminddb": (len(texts), lambda: [reader.get(one) for one in texts]),
    }
    for name, (count, deed) in rates.items():
        print(f"{name:26}{count / _median_s(deed) / 1e6:9.2f} M/s")


def check(path: Path, count: int) -> None:
    """Compare with maxminddb, record for record."""
    try:
        file = MmdbFile.open(path)
        ranges = file.ranges()
        offsets = set(np.unique(ranges.v4_values).tolist() + np.unique(ranges.v6_values).tolist())
        records = {offset: file.record(offset) for offset in offsets if offset >= 0}
    except (PlaceTableError, BrokenDataError) as error:
        print(f"{path.name}: refused: {error}")
        return
    arrays = AddressTable.build(ranges)
    reader = maxminddb.open_database(str(path), maxminddb.MODE_AUTO)
    checked = mismatches = 0
    for addresses in _to_check(ranges, count):
        for raw, row in zip(addresses, arrays.find(addresses).tolist(), strict=True):
            text = _text(raw.tobytes())
            if file.metadata.ip_version == 4 and ":" in text:
                continue
            checked += 1
            mismatches += reader.get(text) != (records[row] if row >= 0 else None)
    print(f"{path.name}: {checked:,} addresses, {mismatches} mismatches")
    assert mismatches == 0


def _to_check(ranges: Ranges, count: int) -> list[_Addresses]:
    random = np.random.default_rng(7)
    starts4 = ranges.v4_starts
    v4 = np.concatenate(
        [starts4, starts4 - np.uint32(1), random.integers(0, 1 << 32, count // 4, np.uint32)]
    )
    within = 10 << 24 | random.integers(0, 1 << 24, count // 4, np.uint32)
    mapped = np.zeros((len(v4) + len(within), 16), np.uint8)
    mapped[:, 10:12] = 255
    mapped[:, 12:] = np.concatenate([v4, within]).astype(">u4").view(np.uint8).reshape(-1, 4)
    firsts = [int(high) << 64 | int(low) for high, low in ranges.v6_starts]
    near = [one + step for one in firsts for step in (-1, 0, 1) if 0 <= one + step < 1 << 128]
    chosen = [firsts[at] for at in random.integers(0, len(firsts), count // 2)]
    widths = random.integers(0, 128, count // 2)
    bits = [int.from_bytes(random.bytes(16), "big") >> int(width) for width in widths]
    near += [one ^ low for one, low in zip(chosen, bits, strict=True)]
    near = [one for one in near if one >> 32 != 0xFFFF]  # those are IPv4
    v6 = np.frombuffer(b"".join(one.to_bytes(16, "big") for one in near), np.uint8)
    return [mapped, v6.reshape(-1, 16)]


def _text(raw: bytes) -> str:
    return str(IPv4Address(raw[12:]) if raw.startswith(V4_MAPPED) else IPv6Address(raw))


def _median_s(deed: Callable[[], object]) -> float:
    """Seconds of one processor: what others take meanwhile does not count."""
    spent = []
    for _ in range(5):
        began = time.process_time()
        deed()
        spent.append(time.process_time() - began)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
