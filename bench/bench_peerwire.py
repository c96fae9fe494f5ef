"""Handshake and bitfield confirmations per CPU-second of ours, beside what the machine allows.

A responder in another process answers as a seeder of 1,000 pieces does. Counted is the processor
time of the asking process, user and system, under uvloop. In turn, round after round:

- bare: connects, sends 68 bytes, reads once, closes. Nothing is decoded: the limit of this way of
  opening links, on this machine, in this run.
- link: one link of ours, with all that a record needs: the bitfield checked and counted, the
  extension handshake decoded and answered, each byte and instant kept.
- inquiry: the whole question to one peer: that link, then the control question over a second one.

The grace after a whole statement is 0 here, since waiting costs no processor time::

    python -m bench.bench_peerwire [--rounds 5] [--links 20000] [--at-once 100]
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice, product
from random import Random
from statistics import median
from typing import cast

import uvloop

from bench.peer_responder import INFOHASH
from luzeiro.networks.bittorrent.driver.peers import PeerDriver
from luzeiro.networks.bittorrent.session.inquiry import Asking
from luzeiro.networks.bittorrent.session.link import LinkPlan, LinkSettings
from luzeiro.networks.bittorrent.wire.peerwire import Handshake
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Purpose
from luzeiro.observations.grade import Control

PIECES = 1000
PUBLISHED = 8_000  # handshake + bitfield confirmations per CPU-second, seen with uvloop elsewhere
SETTINGS = LinkSettings(grace_s=0.0)
OURS = Handshake(INFOHASH, bytes(20), bytes(8)).encode()

Ask = Callable[[Endpoint], Awaitable[None]]


class Bare(asyncio.Protocol):
    """Sends 68 bytes, takes what comes first, closes."""

    def __init__(self, over: "asyncio.Future[None]") -> None:
        self.over = over
        self._transport: asyncio.Transport | None = None
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._transport.write(OURS)

    def data_received(self, data: bytes) -> None:
        self.received = data
        assert self._transport is not None
        self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - its interface
        self.over.set_result(None)


async def ask_barely(remote: Endpoint) -> None:
    loop = asyncio.get_running_loop()
    bare = Bare(loop.create_future())
    await loop.create_connection(lambda: bare, remote.host, remote.port)
    await bare.over
    assert len(bare.received) > 68


def asking_links(driver: PeerDriver) -> Ask:
    plan = LinkPlan(Purpose.STATEMENT, INFOHASH, encrypted=False, piece_count=PIECES)

    async def ask(remote: Endpoint) -> None:
        asking = Asking(remote, plan, bytes(20))
        await driver.carry(asking, plan)
        statement = asking.result(0).statement
        assert statement is not None
        assert statement.has_all(PIECES)

    return ask


def asking_inquiries(driver: PeerDriver) -> Ask:
    async def ask(remote: Endpoint) -> None:
        inquiry = await driver.inquire(remote, INFOHASH, piece_count=PIECES)
        assert inquiry.statement is not None
        assert inquiry.statement.has_all(PIECES)
        assert inquiry.control is Control.REFUSED

    return ask


def remotes(port: int) -> Iterator[Endpoint]:
    """Many addresses of loopback, so that no pair of ports comes twice too soon."""
    while True:
        for third, fourth in product(range(50), range(1, 251)):
            yield Endpoint.parse(f"127.0.{third}.{fourth}", port)


async def per_cpu_second(ask: Ask, port: int, links: int, at_once: int) -> float:
    """Ask `links` times, `at_once` at a time; give how many a second of our processor time."""
    waiting = islice(remotes(port), links)

    async def ask_on() -> None:
        for remote in waiting:
            await ask(remote)

    began = time.process_time()
    await asyncio.gather(*(ask_on() for _ in range(at_once)))
    return links / (time.process_time() - began)


async def measure(port: int, rounds: int, links: int, at_once: int) -> dict[str, list[float]]:
    driver = PeerDriver(SETTINGS, Random(1), Tally())
    ways = {"bare": ask_barely, "link": asking_links(driver), "inquiry": asking_inquiries(driver)}
    for ask in ways.values():
        await per_cpu_second(ask, port, at_once * 5, at_once)  # warm
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, ask in ways.items():
            rates[name].append(await per_cpu_second(ask, port, links, at_once))
    return rates


def report(rates: dict[str, list[float]]) -> bool:
    """Print the table; whether one link of ours reaches the published figure."""
    limit = median(rates["bare"])
    print(f"per CPU-second, {PIECES} pieces: median (least to most), ratio to bare in this run")
    for name, seen in rates.items():
        middle = median(seen)
        print(
            f"  {name:8} {middle:8,.0f}  ({min(seen):,.0f} to {max(seen):,.0f})  "
            f"{middle / limit:5.2f}"
        )
    ours = median(rates["link"])
    print(f"  link against the published {PUBLISHED:,}: {ours / PUBLISHED:.2f}")
    print(json.dumps({name: round(median(seen)) for name, seen in rates.items()}))
    return ours >= PUBLISHED


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--links", type=int, default=20_000, help="of each way, a round")
    parser.add_argument("--at-once", type=int, default=100)
    options = parser.parse_args()
    with subprocess.Popen(
        [sys.executable, "-m", "bench.peer_responder", f"--pieces={PIECES}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as responder:
        assert responder.stdout is not None
        port = int(responder.stdout.readline())
        rates = uvloop.run(measure(port, options.rounds, options.links, options.at_once))
        responder.communicate(b"")
    sys.exit(0 if report(rates) else 1)


if __name__ == "__main__":
    main()
