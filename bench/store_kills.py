"""Kill -9 the owner of a store again and again, around inserts and merges; then count.

    python -m bench.store_kills [--kills 100]

A child owns the store, takes in what waits in the spool, and merges all the while. It says what it
is about to do; within 30 ms of that it is killed, both drawn from a seed, and started again. The
spool is filled up with new segments now and then. In the end every sighting must be there once: 0
lost, 0 doubled, each segment in the ledger.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pyarrow as pa

from bench.sightings import World, write_segment
from luzeiro.sightings import intake as intake_module
from luzeiro.sightings.embedded import EmbeddedEngine, EmbeddedStore
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.intake import Intake
from luzeiro.sightings.opening import own_store_in
from luzeiro.sightings.rebuild import kept_in
from tests.sightings.examples import knows_all

_ROWS = 500  # of a segment
_FILL = 40  # segments at a time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", type=Path, help="be the owner, in this folder")
    arguments = parser.parse_args()
    if arguments.child:
        own(arguments.child)
        return
    with tempfile.TemporaryDirectory() as folder:
        kill_again_and_again(Path(folder), arguments.kills, arguments.seed)


def own(home: Path) -> None:
    """Take in and merge until killed, or until nothing waits."""
    intake_module.GATHER_ROWS = 4 * _ROWS  # many inserts
    with own_store_in(home, wait_s=10) as store:
        engine, over = store.engine, threading.Event()
        assert isinstance(engine, EmbeddedEngine)

        def merge() -> None:
            while not over.wait(0.02):
                engine._do("OPTIMIZE TABLE sightings FINAL")  # noqa: SLF001 - to be killed in it

        thread = threading.Thread(target=merge, daemon=True)
        thread.start()
        print("open", flush=True)
        insert = engine.insert

        def told(table: str, rows: pa.Table, *, token: str) -> None:
            print(f"{table} begun", flush=True)
            insert(table, rows, token=token)
            print(f"{table} done", flush=True)

        engine.insert = told  # type: ignore[method-assign] # so that the killer knows where it is
        Intake(
            store,
            spool=home / "spool",
            segments=home / "segments",
            verdicts=knows_all,
            now=lambda: datetime.now(UTC),
        ).run()
        over.set()
        thread.join()


def kill_again_and_again(home: Path, kills: int, seed: int) -> None:
    random, world = Random(seed), World(users=5000, files=500, rows=10**9, segment_rows=_ROWS)
    command = [sys.executable, "-m", "bench.store_kills", "--child", str(home)]
    killed, put, where = 0, 0, Counter[str]()
    while killed < kills:
        if len(list((home / "spool").glob("*.parquet"))) < _FILL // 2:
            for number in range(put, put + _FILL):
                write_segment(world.segment(number), home / "spool")
            put += _FILL
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "open\n", "the store does not open after a kill"
            at = ""
            for _ in range(random.randrange(1, 9)):  # two inserts a group, each begun and done
                at = child.stdout.readline().strip() or at
            try:
                child.wait(random.uniform(0, 0.03))
            except subprocess.TimeoutExpired:
                child.kill()
                killed += 1
                where[at] += 1
                print(f"{killed} kills, the last after: {at}", file=sys.stderr)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with EmbeddedStore(home / "store") as store:
        seen = Counter(
            one.as_py() for batch in store.rows(SightingFilter()) for one in batch["sighting_id"]
        )
        lines = store.taken_after(None)
    expected = put * _ROWS
    doubled = sum(seen.values()) - len(seen)
    print(f"{killed} kills ({dict(where)}), {put} segments of {_ROWS} sightings")
    print(f"{expected - len(seen)} lost, {doubled} doubled")
    assert (len(seen), doubled) == (expected, 0)
    assert (
        len(lines) == len({line.sha256 for line in lines}) == put == len(kept_in(home / "segments"))
    )
    assert not list((home / "spool").rglob("*.parquet"))


if __name__ == "__main__":
    main()
