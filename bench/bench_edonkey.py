"""Kad lookups and eD2k confirmations per CPU-second, beside BitTorrent's, in one run.

Counted is the processor time of the asking process, user and system, under uvloop:

- kad: a lookup over loopback in a Kad of 40 lean nodes in another process, every source heard of
  from every node that stores it. Beside it the DHT's, as bench_dht.py measures it (its nodes are
  libtorrent's, and cost more waiting, which is not counted).
- confirmation: one client asked about one file and the control question, over one link. Beside it
  BitTorrent's inquiry (two links), as bench_peerwire.py measures it::

    python -m bench.bench_edonkey [--rounds 3] [--lookups 2000] [--links 4000] [--at-once 50]
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from random import Random
from statistics import median
from typing import Any

import uvloop

from bench import bench_dht, bench_peerwire
from bench.ed2k_world import FILE
from luzeiro.networks.bittorrent.driver.peers import PeerDriver
from luzeiro.networks.edonkey.driver.clients import ClientDriver
from luzeiro.networks.edonkey.driver.kad import KadDriver
from luzeiro.networks.edonkey.session.kad import KadSettings
from luzeiro.networks.edonkey.session.link import LinkSettings
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Control

# The private Kad has 40 nodes where the real one has millions: only the rates are opened, and what
# is waited for in vain costs no processor time.
OPENED = KadSettings(
    queries_per_s=1e6,
    queries_burst=100_000,
    address_reqs_per_minute=1e7,
    address_searches_per_minute=1e7,
    search_quiet_s=0.05,
)
LINKS = LinkSettings(grace_s=0.0)

World = dict[str, Any]  # Any: JSON


@contextmanager
def program(*command: str) -> Iterator[World]:
    """Run a program that prints one line of JSON and serves until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-m", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        told = json.loads(running.stdout.readline())
        yield told if isinstance(told, dict) else {"port": told}
        running.communicate(b"")


async def kad_lookups(world: World, count: int, at_once: int) -> float:
    """Look up files in turn; give how many a second of our processor time."""
    nodes = [Endpoint.parse(*node) for node in world["nodes"]]
    files = [bytes.fromhex(file) for file in world["files"]]
    own = Endpoint.parse("127.0.0.1", 0)
    driver = await KadDriver.open(own, nodes[:3], (), OPENED, Random(1), Tally())
    await driver.lookup(files[0], None)
    order = islice(cycle(files), count)

    async def look_on() -> None:
        for file in order:
            result = await driver.lookup(file, None)
            assert [len(heard.told) for heard in result.heard] == [10, 10, 10]

    began = time.process_time()
    await asyncio.gather(*(look_on() for _ in range(at_once)))
    spent = time.process_time() - began
    await driver.close()
    return count / spent


async def confirmations(port: int, count: int, at_once: int) -> float:
    driver = ClientDriver(LINKS, b"u" * 16, Random(1), Tally())

    async def ask(remote: Endpoint) -> None:
        inquiry = await driver.inquire(remote, FILE)
        assert inquiry.statement is not None
        assert inquiry.statement.status is not None
        assert inquiry.control is Control.REFUSED

    await bench_peerwire.per_cpu_second(ask, port, at_once * 2, at_once)  # warm
    return await bench_peerwire.per_cpu_second(ask, port, count, at_once)


async def bittorrent_confirmations(port: int, count: int, at_once: int) -> float:
    ask = bench_peerwire.asking_inquiries(PeerDriver(bench_peerwire.SETTINGS, Random(1), Tally()))
    await bench_peerwire.per_cpu_second(ask, port, at_once * 2, at_once)  # warm
    return await bench_peerwire.per_cpu_second(ask, port, count, at_once)


def dht_lookups(world: World, count: int) -> float:
    plan = {**world, "warm_up": count // 8, "lookups": count, "at_once": 20}
    done = subprocess.run(
        bench_dht.OURS.command, input=json.dumps(plan).encode(), capture_output=True, check=True
    )
    return count / float(json.loads(done.stdout)["cpu_s"])


def report(rates: Mapping[str, Sequence[float]]) -> None:
    print("per CPU-second: median of the rounds (least to most)")
    middle = {name: median(seen) for name, seen in rates.items()}
    for name, seen in rates.items():
        print(f"  {name:28} {middle[name]:8,.0f}  ({min(seen):,.0f} to {max(seen):,.0f})")
    for ours, beside in (
        ("Kad lookups", "DHT lookups"),
        ("eD2k confirmations", "BitTorrent confirmations"),
    ):
        print(f"  {ours} to {beside}: {middle[ours] / middle[beside]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lookups", type=int, default=2000)
    parser.add_argument("--links", type=int, default=4000)
    parser.add_argument("--at-once", type=int, default=50)
    asked = parser.parse_args()
    rates: dict[str, list[float]] = {}
    dht = bench_dht.private_dht(23000)[2:]
    peers = ("bench.peer_responder", f"--pieces={bench_peerwire.PIECES}")
    with program("bench.ed2k_world") as ed2k, program(*dht) as mainline, program(*peers) as peer:
        for _ in range(asked.rounds):
            measured = {
                "Kad lookups": uvloop.run(kad_lookups(ed2k, asked.lookups, asked.at_once)),
                "DHT lookups": dht_lookups(mainline, asked.lookups),
                "eD2k confirmations": uvloop.run(
                    confirmations(ed2k["port"], asked.links, asked.at_once)
                ),
                "BitTorrent confirmations": uvloop.run(
                    bittorrent_confirmations(peer["port"], asked.links, asked.at_once)
                ),
            }
            for name, rate in measured.items():
                rates.setdefault(name, []).append(rate)
    report(rates)


if __name__ == "__main__":
    main()
