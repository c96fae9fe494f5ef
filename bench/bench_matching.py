"""Matching, measured: size, opening, lookups and memory, against other ways and the machine.

`python -m bench.bench_matching --count 5e6` is quick; `--count 1e8` is the full run and needs 30 GB
of disk for the rivals' stores. All figures of one table come from one run on one machine: compare
within it, not with others. Rivals run one after the other, each in its own process.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.matching_rivals import PIECE, RIVALS, WIDTH, World
from luzeiro.matching.build import Addition, update_index
from luzeiro.matching.index import MatchingIndex

_HELD_OPEN = """
import sys
from pathlib import Path
from luzeiro.matching.build import Addition, update_index
from luzeiro.matching.index import MatchingIndex
index = MatchingIndex.open(Path(sys.argv[1]))
index.verify()  # touches every page
print("ready", flush=True)
sys.stdin.read()
"""


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        world = World(Path(folder), int(arguments.count))
        invent_digests(world)
        results = []
        for name in arguments.only or RIVALS:
            count = min(world.count, int(arguments.dict_count)) if name == "dict" else world.count
            results.append(measured_apart(name, World(world.folder, count)))
            show(results[-1], results[0])
            discard_store(world, name)
        path = world.folder / f"index-{world.count}"
        if path.exists():
            print(json.dumps({"open_ms": open_ms(path), "memory_mb": memory_of_four(path)}))
            print(json.dumps({"update_s": update_s(world, path)}))
        print(json.dumps({"limit_per_s": memory_limit(world.count)}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=float, default=5e6, help="digests in the index")
    parser.add_argument("--dict-count", type=float, default=3e7, help="at most in the dict")
    parser.add_argument("--folder", type=Path, help="where the stores go while it runs")
    parser.add_argument("--only", action="append", choices=RIVALS, help="may be repeated")
    return parser.parse_args()


def invent_digests(world: World) -> None:
    random = np.random.default_rng(2026)  # not a seed of the questions
    with (world.folder / "digests").open("wb") as file:
        for start in range(0, world.count, PIECE):
            file.write(random.bytes(min(PIECE, world.count - start) * WIDTH))


def measured_apart(name: str, world: World) -> dict[str, float]:
    run = [sys.executable, "-m", "bench.matching_rivals", name, str(world.folder), str(world.count)]
    result: dict[str, float] = json.loads(subprocess.run(run, check=True, stdout=-1).stdout)
    return result


def show(result: dict[str, float], ours: dict[str, float]) -> None:
    def rate(key: str) -> str:
        if result[key] is None:
            return f"{'':18}"
        ratio = ours[key] / result[key]
        return f"{result[key] / 1e6:8.3f} M/s {ratio:6.2f}"

    print(
        f"{result['name']:28} {result['count'] / 1e6:6.1f} M {result['bytes']:7.2f} B each"
        f"  ready {result['ready_s']:7.1f} s"
        f"  batch {rate('many_per_s')}  single {rate('one_per_s')}",
        flush=True,
    )


def discard_store(world: World, name: str) -> None:
    """Make room: the next rival's store needs the disk. Our index is measured on."""
    for path in world.folder.glob(f"{name}*"):
        path.unlink()


def open_ms(path: Path) -> float:
    times = []
    for _ in range(21):
        started = time.perf_counter()
        MatchingIndex.open(path)
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)


def memory_of_four(path: Path) -> dict[str, float]:
    """Four processes that have read all of the index: what each shows and what each costs, MB."""
    command = [sys.executable, "-c", _HELD_OPEN, str(path)]
    held = [subprocess.Popen(command, stdin=-1, stdout=-1) for _ in range(4)]
    try:
        for process in held:
            assert process.stdout is not None
            process.stdout.readline()
        rollups = [Path(f"/proc/{process.pid}/smaps_rollup").read_text() for process in held]
    finally:
        for process in held:
            process.communicate()
    fields = [dict(line.split()[:2] for line in text.splitlines()[1:]) for text in rollups]
    return {
        name: sum(int(field[f"{name}:"]) for field in fields) / 1024
        for name in ("Rss", "Pss", "Private_Dirty")
    }


def update_s(world: World, path: Path) -> float:
    """An update that adds one digest in a hundred, and removes as many."""
    added, _ = world.questions(world.count // 50, seed=77)  # half of these are there already
    started = time.perf_counter()
    update_index(
        path,
        [Addition(added, np.arange(len(added)))],
        removals=[world.digests()[: world.count // 100]],
    )
    return time.perf_counter() - started


def memory_limit(count: int) -> dict[str, float]:
    """Random 8-byte loads a second from as many bytes as the index has: what the machine allows."""
    import numba  # noqa: PLC0415 - the quick run works without it

    memory = np.ones(count * 3, np.uint64)  # 24 bytes a digest
    places = np.random.default_rng(9).integers(0, len(memory), 4_000_000)
    out = np.empty(len(places), np.uint64)

    @numba.njit
    def gather(memory, places, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        for i in range(len(places)):
            out[i] = memory[places[i]]

    @numba.njit
    def chase(memory, places):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        place = 0
        for i in range(len(places)):
            place = places[i] + np.int64(memory[place]) - 1  # each load waits for the last
        return place

    return {
        "numpy take": _rate(lambda: memory.take(places, out=out, mode="clip"), len(places)),
        "numba gather": _rate(lambda: gather(memory, places, out), len(places)),
        "numba, one after the other": _rate(lambda: chase(memory, places), len(places)),
    }


def _rate(run: Callable[[], object], loads: int) -> float:
    run()
    times = []
    for _ in range(7):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return loads / statistics.median(times)


if __name__ == "__main__":
    os.nice(10)
    main()
