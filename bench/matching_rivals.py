"""Other ways to find digests, each as strong as it can be made; `bench_matching` runs them.

Run by itself: `python -m bench.matching_rivals NAME FOLDER COUNT` prints one measurement as JSON.
"""

import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from luzeiro.matching import index as index_module
from luzeiro.matching.build import Addition, build_index
from luzeiro.matching.index import MatchingIndex
from luzeiro.matching.rows import find_rows
from luzeiro.observations.identifiers import IdentifierKind

WIDTH, PIECE, ROUNDS = 20, 1 << 21, 7
Digests = NDArray[np.uint8]
Entries = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rival:
    """One way to find digests, ready to be asked."""

    size_bytes: int  # on disk, or in memory where it has nothing on disk
    one: Callable[[bytes], int | None] | None = None
    many: Callable[[Digests], Entries] | None = None
    asked: int = 1_000_000  # digests in a batch


@dataclass(frozen=True, slots=True)
class World:
    """`count` invented digests whose entries are their places, and questions about them."""

    folder: Path
    count: int

    def digests(self) -> Digests:
        every = np.memmap(self.folder / "digests", np.uint8, "r").reshape(-1, WIDTH)
        return every[: self.count]

    def pieces(self) -> Iterator[tuple[Digests, Entries]]:
        digests = self.digests()
        for start in range(0, self.count, PIECE):
            piece = digests[start : start + PIECE]
            yield piece, np.arange(start, start + len(piece))

    def questions(self, asked: int, seed: int) -> tuple[Digests, Entries]:
        """Half of them known, half not, in random order; and the right answers."""
        random = np.random.default_rng(seed)
        wanted = random.integers(0, 256, (asked, WIDTH), dtype=np.uint8)
        answers = np.full(asked, -1)
        known = random.random(asked) < 0.5
        answers[known] = random.integers(0, self.count, np.count_nonzero(known))
        wanted[known] = self.digests()[answers[known]]
        return wanted, answers

    def ascending(self) -> Iterator[tuple[bytes, int]]:
        """All digests in order, for stores that like to be filled so."""
        digests = self.digests()
        order = np.argsort(keys_of(digests))
        for start in range(0, self.count, PIECE):
            places = order[start : start + PIECE]
            part = digests[places].tobytes()
            for i, place in enumerate(places.tolist()):
                yield part[i * WIDTH : (i + 1) * WIDTH], place


def keys_of(digests: Digests) -> NDArray[np.uint64]:
    return np.ascontiguousarray(digests[:, :8]).view(">u8").ravel().astype(np.uint64)


def ours(world: World, *, compiled: bool, threads: int = 1) -> Rival:
    path = world.folder / f"index-{world.count}"
    if not path.exists():
        build_index(path, IdentifierKind.SHA1, (Addition(*piece) for piece in world.pieces()))
    index = MatchingIndex.open(path)
    index.verify()
    index_module.WORTH_COMPILING = 0 if compiled else 1 << 62
    pool = ThreadPoolExecutor(threads)

    def many(digests: Digests) -> Entries:
        return np.concatenate([*pool.map(index.find_entries, np.array_split(digests, threads))])

    one = index.entry_of
    return Rival(path.stat().st_size, one, many if threads > 1 else index.find_entries)


def python_dict(world: World) -> Rival:
    entry_of: dict[bytes, int] = {}
    before = _resident_bytes()
    for digests, entries in world.pieces():
        part = digests.tobytes()
        cut = (part[i : i + WIDTH] for i in range(0, len(part), WIDTH))
        entry_of.update(zip(cut, entries.tolist(), strict=True))
    return Rival(_resident_bytes() - before, entry_of.get)


def sorted_keys(world: World) -> Rival:
    """The first 64 bits sorted, `searchsorted`, then the other bytes compared."""
    known = world.digests()
    order = np.argsort(keys_of(known)).astype(np.uint32)
    known = np.take(known, order, axis=0)
    keys = keys_of(known)

    def many(digests: Digests) -> Entries:
        wanted = keys_of(digests)
        by_key = np.argsort(wanted)
        rows = np.empty(len(wanted), np.int64)
        rows[by_key] = np.searchsorted(keys, wanted[by_key]).clip(max=len(keys) - 1)
        found = np.flatnonzero(keys[rows] == wanted)
        found = found[(known[rows[found]] == digests[found]).all(axis=1)]
        entries = np.full(len(digests), -1)
        entries[found] = order[rows[found]]
        return entries

    return Rival(known.nbytes + order.nbytes + keys.nbytes, None, many)


def sorted_digests(world: World) -> Rival:
    """The digests sorted whole, `find_rows`."""
    known = world.digests()
    order = np.argsort(keys_of(known)).astype(np.uint32)
    known = np.take(known, order, axis=0)

    def many(digests: Digests) -> Entries:
        rows = find_rows(digests, known)
        return np.where(rows < 0, -1, order[rows].astype(np.int64))

    return Rival(known.nbytes + order.nbytes, None, many)


def sqlite(world: World) -> Rival:
    path = world.folder / f"sqlite-{world.count}"
    fresh = not path.exists()
    store = sqlite3.connect(path)
    store.execute("PRAGMA mmap_size=17179869184")
    if fresh:
        store.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        store.execute("CREATE TABLE known (digest BLOB PRIMARY KEY, entry INT) WITHOUT ROWID")
        store.executemany("INSERT INTO known VALUES (?, ?)", world.ascending())
        store.commit()
    store.execute("CREATE TEMP TABLE wanted (place INTEGER PRIMARY KEY, digest BLOB)")

    def one(digest: bytes) -> int | None:
        row = store.execute("SELECT entry FROM known WHERE digest = ?", (digest,)).fetchone()
        return row[0] if row else None

    def many(digests: Digests) -> Entries:
        entries = np.full(len(digests), -1)
        store.execute("DELETE FROM wanted")
        by_key = np.argsort(keys_of(digests)).tolist()
        rows = ((place, digests[place].tobytes()) for place in by_key)
        store.executemany("INSERT INTO wanted VALUES (?, ?)", rows)
        join = "SELECT place, entry FROM wanted CROSS JOIN known USING (digest)"
        found = np.array(store.execute(join).fetchall(), np.int64).reshape(-1, 2)
        entries[found[:, 0]] = found[:, 1]
        return entries

    return Rival(path.stat().st_size, one, many, asked=200_000)


def lmdb_store(world: World) -> Rival:
    import lmdb  # noqa: PLC0415 - only this rival needs it

    path = world.folder / f"lmdb-{world.count}"
    fresh = not path.exists()
    store = lmdb.open(str(path), map_size=1 << 34, subdir=False, sync=False, readahead=False)
    if fresh:
        with store.begin(write=True) as filling:
            pairs = ((digest, place.to_bytes(4, "little")) for digest, place in world.ascending())
            filling.cursor().putmulti(pairs, append=True)
    reading = store.begin(buffers=False)

    def one(digest: bytes) -> int | None:
        entry = reading.get(digest)
        return None if entry is None else int.from_bytes(entry, "little")

    return Rival(path.stat().st_size, one, asked=200_000)


def hfind(world: World) -> Rival:
    """Sleuth Kit's hfind, with MD5: its plain lists know no SHA-1. Found or not is all it tells."""
    path = world.folder / f"hfind-{world.count}"
    indexed = path.with_name(path.name + "-md5.idx")
    if not indexed.exists():
        with path.open("w") as file:
            for digests, _ in world.pieces():
                text = digests[:, :16].tobytes().hex()
                file.writelines(f"{text[i : i + 32]}  f\n" for i in range(0, len(text), 32))
        bound = lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 32, 1 << 32))  # noqa: E731
        subprocess.run(
            ["hfind", "-i", "md5sum", str(path)], check=True, stdout=-3, preexec_fn=bound
        )

    def many(digests: Digests) -> Entries:
        asked = world.folder / "hfind-asked"
        text = digests[:, :16].tobytes().hex()
        asked.write_text("".join(f"{text[i : i + 32]}\n" for i in range(0, len(text), 32)))
        run = subprocess.run(
            ["hfind", "-f", str(asked), str(path)], check=True, capture_output=True, text=True
        )
        lines = run.stdout.splitlines()
        return np.array([-1 if "Hash Not Found" in line else 0 for line in lines])

    size = sum(file.stat().st_size for file in world.folder.glob(f"hfind-{world.count}*idx*"))
    return Rival(size, None, many, asked=100_000)


RIVALS: dict[str, Callable[[World], Rival]] = {
    "luzeiro, numba, 2 threads": lambda world: ours(world, compiled=True, threads=2),
    "luzeiro, numba": lambda world: ours(world, compiled=True),
    "luzeiro, numpy": lambda world: ours(world, compiled=False),
    "dict": python_dict,
    "sorted keys, searchsorted": sorted_keys,
    "sorted digests, find_rows": sorted_digests,
    "sqlite": sqlite,
    "lmdb": lmdb_store,
    "hfind": hfind,
}


def measure(name: str, world: World) -> dict[str, float | str | None]:
    started = time.perf_counter()
    rival = RIVALS[name](world)
    ready_s = time.perf_counter() - started
    return {
        "name": name,
        "count": world.count,
        "bytes": rival.size_bytes / world.count,
        "ready_s": ready_s,
        "many_per_s": _many_per_s(name, rival, world),
        "one_per_s": _one_per_s(rival, world),
    }


def _many_per_s(name: str, rival: Rival, world: World) -> float | None:
    if rival.many is None:
        return None
    rates = []
    for seed in range(ROUNDS + 1):  # the first only warms up
        wanted, answers = world.questions(rival.asked, seed)
        started = time.perf_counter()
        entries = rival.many(wanted)
        rates.append(rival.asked / (time.perf_counter() - started))
        assert ((entries >= 0) == (answers >= 0)).all(), name
        assert name == "hfind" or (entries == answers).all(), name
    return statistics.median(rates[1:])


def _one_per_s(rival: Rival, world: World) -> float | None:
    if rival.one is None:
        return None
    rates, find, asked = [], rival.one, 200_000
    for seed in range(ROUNDS + 1):
        wanted, answers = world.questions(asked, seed)
        digests = [row.tobytes() for row in wanted]  # fresh: a bytes object keeps its hash
        started = time.perf_counter()
        entries = [find(digest) for digest in digests]
        rates.append(asked / (time.perf_counter() - started))
        assert [-1 if entry is None else entry for entry in entries] == answers.tolist()
    return statistics.median(rates[1:])


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], World(Path(sys.argv[2]), int(sys.argv[3])))))
