"""One run of our lookups, for bench_dht.py: plan on standard input, JSON out."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from random import SystemRandom

import uvloop

from luzeiro.networks.bittorrent.driver.dht import DhtDriver, DhtSettings
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint

# The private DHT has 40 nodes where the real one has millions: only the rates are opened.
SETTINGS = DhtSettings(
    queries_per_s=1e6, queries_burst=10_000, node_queries_per_s=1e5, node_burst=10_000
)
Wanted = list[tuple[bytes, frozenset[Endpoint]]]


async def main() -> None:
    plan = json.load(sys.stdin)
    wanted: Wanted = [
        (bytes.fromhex(infohash), frozenset(Endpoint.parse(*peer) for peer in peers))
        for infohash, peers in plan["peers"].items()
    ]
    nodes = [Endpoint.parse(*node) for node in plan["nodes"]]
    own, tally = Endpoint.parse("127.0.0.1", 0), Tally()
    driver = await DhtDriver.open(own, None, nodes, SETTINGS, SystemRandom(), tally)
    await run(driver, wanted, plan["warm_up"], plan["at_once"])
    before = dict(tally.counts)
    began, wall = time.process_time(), time.monotonic()
    found, witnesses = await run(driver, wanted, plan["lookups"], plan["at_once"])
    cpu_s, wall_s = time.process_time() - began, time.monotonic() - wall
    await driver.close()
    counts = {kind: count - before.get(kind, 0) for kind, count in tally.counts.items()}
    print(
        json.dumps(
            {
                "found": found,
                "cpu_s": cpu_s,
                "wall_s": wall_s,
                "witnesses": witnesses / plan["lookups"],
                "queries": counts["dht queries"] / plan["lookups"],
                "counts": counts,
            }
        )
    )


async def run(driver: DhtDriver, wanted: Wanted, lookups: int, at_once: int) -> tuple[int, int]:
    """Look up each infohash in turn; give how many were found, and all distinct witnesses."""
    order = islice(cycle(wanted), lookups)
    ends = await asyncio.gather(*(worker(driver, order) for _ in range(at_once)))
    return sum(found for found, _ in ends), sum(witnesses for _, witnesses in ends)


async def worker(
    driver: DhtDriver, order: Iterator[tuple[bytes, frozenset[Endpoint]]]
) -> tuple[int, int]:
    found = witnesses = 0
    for infohash, peers in order:
        result = await driver.lookup(infohash)
        found += {heard.peer for heard in result.heard} == peers
        told_by = [reply.node for heard in result.heard for reply in heard.replies]
        witnesses += len(set(told_by))
    return found, witnesses


if __name__ == "__main__":
    uvloop.run(main())
