"""What a collector's watch set costs: time to write and open it, memory to hold it.

    python -m bench.bench_watch_set [--torrents 1000000]

The memory is that of a fresh process that opens the watch set and reads 10,000 rows of it, as the
kernel counts it: resident in all, and the part that is not mapped from the file.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from luzeiro.networks.bittorrent.watch import (
    WatchedFile,
    WatchedTorrent,
    WatchSet,
    write_watch_set,
)

ROWS_READ = 10_000


def torrents(count: int, seed: int) -> Iterator[WatchedTorrent]:
    """Random v1 torrents with one watched file each, in order."""
    random = Random(seed)
    for infohash in sorted(random.randbytes(20) for _ in range(count)):
        yield WatchedTorrent(infohash, None, 100, (WatchedFile(0, 0, 99, 0, 99),))


def hold(path: Path) -> dict[str, float]:
    """Open a watch set in this process and say what it costs."""
    before = resident_mb()
    began = time.perf_counter()
    watched = WatchSet(path)
    opened_s = time.perf_counter() - began
    step = max(1, len(watched) // ROWS_READ)
    began = time.perf_counter()
    rows = [watched[row] for row in range(0, len(watched), step)]
    read_s = time.perf_counter() - began
    after = resident_mb()
    return {
        "torrents": len(watched),
        "open_s": opened_s,
        "rows_per_s": len(rows) / read_s,
        "resident_mb": after["VmRSS"],
        "unmapped_mb": after["RssAnon"],
        "resident_before_mb": before["VmRSS"],
    }


def resident_mb() -> dict[str, float]:
    """What the kernel counts for this process, in MiB."""
    status = Path("/proc/self/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in status)
    return {key: int(fields[key].split()[0]) / 1024 for key in ("VmRSS", "RssAnon")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torrents", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hold", type=Path, help="only open this watch set, and say as JSON")
    asked = parser.parse_args()
    if asked.hold:
        print(json.dumps(hold(asked.hold)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "watch.arrow"
        began = time.perf_counter()
        write_watch_set(path, torrents(asked.torrents, asked.seed))
        wrote_s = time.perf_counter() - began
        size = path.stat().st_size
        command = [sys.executable, "-m", "bench.bench_watch_set", "--hold", str(path)]
        told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    print(f"{told['torrents']:,} torrents, seed {asked.seed}")
    print(f"written     {wrote_s:8.1f} s, {size / asked.torrents:.0f} bytes each")
    print(f"opened      {told['open_s']:8.3f} s, revision checked")
    print(f"rows read   {told['rows_per_s']:8,.0f} a second")
    print(
        f"resident    {told['resident_mb']:8.0f} MiB, {told['unmapped_mb']:.0f} of it not mapped "
        f"from a file; {told['resident_before_mb']:.0f} before the watch set was opened"
    )


if __name__ == "__main__":
    main()
