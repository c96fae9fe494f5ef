"""Lookups in the DHT per CPU-second: ours, libtorrent's, and npm bittorrent-dht's, in one run.

A private DHT of 40 libtorrent nodes on loopback, in another process, holds 500 infohashes that
3 nodes each announce. Each contender looks them up in a fresh process, in turn, round after
round, at several paces (lookups open at once); counted is the processor time of its own process,
user and system, all threads. Its best pace counts, and of its rounds the median.

A lookup is right if it hears of all three announced peers. Ours must find every one, from all 8
nodes that hold it. libtorrent's and npm's count where `FOUND_LEAST` of them are right::

    python -m bench.bench_dht [--rounds 5] [--lookups 4000]
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from shutil import which
from statistics import median
from typing import Any

HERE = Path(__file__).parent
FOUND_LEAST = 0.99
GOAL = 0.7  # of libtorrent's pace
NODES, INFOHASHES, ANNOUNCERS = 40, 500, 3


@dataclass(frozen=True, slots=True)
class Contender:
    name: str
    command: tuple[str, ...]
    paces: tuple[int, ...]
    share: float  # of the lookups asked for: the slow one gets fewer


OURS = Contender("luzeiro", (sys.executable, "-m", "bench.dht_ours"), (8, 20, 40, 80), 1.0)
LIBTORRENT = Contender(
    "libtorrent", (sys.executable, "-m", "bench.dht_libtorrent"), (4, 8, 12, 20, 40), 1.0
)
NPM = Contender("npm bittorrent-dht", ("node", str(HERE / "dht_npm.mjs")), (4, 16), 0.2)

Run = dict[str, Any]  # Any: what a contender printed, as JSON


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lookups", type=int, default=4000)
    parser.add_argument("--first-port", type=int, default=20000)
    options = parser.parse_args()
    contenders = [OURS, LIBTORRENT]
    if which("node") and (HERE / "node_modules").is_dir():
        contenders.append(NPM)
    else:
        print("npm's is left out: it needs node, and `npm ci` in bench/", file=sys.stderr)
    with subprocess.Popen(
        private_dht(options.first_port), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as dht:
        assert dht.stdout is not None
        world = json.loads(dht.stdout.readline())
        runs = measure(contenders, world, options.rounds, options.lookups)
        dht.communicate(b"")
    sys.exit(report(contenders, runs))


def private_dht(first_port: int) -> list[str]:
    sizes = (("nodes", NODES), ("infohashes", INFOHASHES), ("announcers", ANNOUNCERS))
    arguments = [f"--{name}={size}" for name, size in (*sizes, ("first-port", first_port))]
    return [sys.executable, "-m", "bench.private_dht", *arguments]


def measure(
    contenders: list[Contender], world: Run, rounds: int, lookups: int
) -> dict[tuple[str, int], list[Run]]:
    """Run each contender at each of its paces, once a round.

    npm's comes after all others: it enters the nodes' routing tables, and when it is gone they go
    on naming it for a while, which makes whoever comes next wait for a node that is dead.
    """
    runs: dict[tuple[str, int], list[Run]] = {}
    others = [contender for contender in contenders if contender is not NPM]
    last = [contender for contender in contenders if contender is NPM]
    for some, number in product((others, last), range(rounds)):
        for contender in some:
            for pace in contender.paces:
                count = int(lookups * contender.share)
                plan = {**world, "warm_up": count // 8, "lookups": count, "at_once": pace}
                done = subprocess.run(
                    contender.command,
                    input=json.dumps(plan).encode(),
                    capture_output=True,
                    check=True,
                )
                run = {**json.loads(done.stdout), "lookups": count}
                runs.setdefault((contender.name, pace), []).append(run)
                print(f"round {number + 1}: {contender.name}, {pace} at once", file=sys.stderr)
    return runs


def per_cpu_second(runs: list[Run]) -> float:
    return float(median(run["lookups"] / run["cpu_s"] for run in runs))


def found_share(runs: list[Run]) -> float:
    return float(sum(run["found"] for run in runs) / sum(run["lookups"] for run in runs))


def report(contenders: list[Contender], runs: dict[tuple[str, int], list[Run]]) -> int:
    """Print the table; give the exit status: 1 where ours is wrong or too slow."""
    best: dict[str, float] = {}
    print("lookups per CPU-second (median of the rounds) at each pace")
    for contender in contenders:
        for pace in contender.paces:
            these = runs[contender.name, pace]
            speed, share = per_cpu_second(these), found_share(these)
            if share >= FOUND_LEAST:
                best[contender.name] = max(best.get(contender.name, 0.0), speed)
            spread = sorted(round(run["lookups"] / run["cpu_s"]) for run in these)
            print(
                f"  {contender.name:20} {pace:3} at once  {speed:6.0f}  "
                f"({spread[0]} to {spread[-1]})  found {share:8.3%}"
            )
    ours = [run for pace in OURS.paces for run in runs[OURS.name, pace]]
    witnesses = min(run["witnesses"] for run in ours)
    queries = max(run["queries"] for run in ours)
    print(f"\nbest pace of each, and as a ratio to {LIBTORRENT.name}'s")
    for name, speed in best.items():
        print(f"  {name:20} {speed:6.0f}  {speed / best[LIBTORRENT.name]:5.2f}")
    print(f"ours: {witnesses:.2f} witnesses and {queries:.2f} queries a lookup, at the worst")
    right = found_share(ours) == 1.0 and witnesses >= 8
    return 0 if right and best[OURS.name] >= GOAL * best[LIBTORRENT.name] else 1


if __name__ == "__main__":
    main()
