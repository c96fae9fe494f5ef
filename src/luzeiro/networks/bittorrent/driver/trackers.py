"""Carries scrapes to trackers: UDP, HTTP or HTTPS. Counts come back, and nothing else."""

import asyncio
import os
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from urllib.parse import SplitResult, urlsplit

from luzeiro.networks.bittorrent.session.scrape import (
    FIRST_WAIT_S,
    TIMED_OUT,
    ScrapeCounts,
    UdpScrape,
    declined,
    in_batches,
    malformed,
)
from luzeiro.networks.bittorrent.wire import tracker
from luzeiro.networks.bittorrent.wire.http import Answer, AnswerReader
from luzeiro.networks.bittorrent.wire.tracker import ErrorResponse, HttpScrape
from luzeiro.networks.kit.budgets import RateBudget
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.tally import Tally

QUESTIONS_PER_S = 5.0  # to one tracker: 370 torrents a second over UDP
_PORTS = {"http": 80, "https": 443}
_READ_BYTES = 65536
_DATAGRAMS_KEPT = 64  # waiting to be read; what comes beyond them is lost, as UDP may
_HTTP_OK = 200


@dataclass(frozen=True, slots=True)
class ScrapeResult:
    """What one tracker told; `fault` says why it told no more.

    A fault is "timed out", or begins with "unreachable: ", "malformed: ", "declined: " or
    "bad address: ". Counts told before it are good.
    """

    counts: tuple[ScrapeCounts, ...]
    fault: str | None


def question_budget() -> RateBudget:
    """How fast one tracker is asked."""
    return RateBudget(QUESTIONS_PER_S, burst=QUESTIONS_PER_S)


async def scrape(
    tracker_url: str,
    infohashes: Sequence[bytes],
    *,
    random: Random,
    tally: Tally,
    timeout_s: float = 30.0,
    budget: RateBudget | None = None,
    first_wait_s: float = FIRST_WAIT_S,
) -> ScrapeResult:
    """Ask one tracker how many hold each torrent.

    Args:
        tracker_url: udp://, http:// or https://, of the announce or of the scrape.
        infohashes: 20 bytes each, any number: they are asked for in batches, one at a time.
        random: unguessable outside of tests: transaction ids keep strangers' replies out.
        tally: counts "scrapes" and "scrapes failed".
        timeout_s: for one answer.
        budget: how fast to ask; brought by the caller where it asks one tracker several times.
        first_wait_s: how long a UDP reply is waited for before the question is sent again.

    A name is resolved each time, and the first address that it gives is asked.
    """
    tally.count("scrapes")
    told: list[ScrapeCounts] = []
    question = _Question(tracker_url, infohashes, budget or question_budget(), timeout_s)
    try:
        fault = await _ask(question, told, random, first_wait_s)
    except TimeoutError:
        fault = TIMED_OUT
    except WireError as error:
        fault = malformed(error)
    except OSError as error:
        fault = f"unreachable: {_why(error)}"
    except ValueError as error:  # also a host name that is none (UnicodeError)
        fault = f"bad address: {error}"
    if fault is not None:
        tally.count("scrapes failed")
    return ScrapeResult(tuple(told), fault)


@dataclass(frozen=True, slots=True)
class _Question:
    url: str
    infohashes: Sequence[bytes]
    budget: RateBudget
    timeout_s: float


async def _ask(
    question: _Question, told: list[ScrapeCounts], random: Random, first_wait_s: float
) -> str | None:
    """Ask as the address says, add to `told`, and give the fault that ended it, if any."""
    parts = urlsplit(question.url)
    if parts.scheme == "udp" and parts.hostname and parts.port:
        asking = UdpScrape(
            question.infohashes,
            told,
            random=random,
            budget=question.budget,
            patience_s=question.timeout_s,
            first_wait_s=first_wait_s,
        )
        await _ask_udp(parts.hostname, parts.port, asking, question.timeout_s)
        return asking.fault
    if parts.scheme in _PORTS and parts.hostname:
        return await _ask_http(question, told)
    raise ValueError("expected udp://HOST:PORT, http://HOST/announce or https://HOST/announce")


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return error.strerror or str(error)  # a name that cannot be resolved; several addresses


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes | OSError] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - connected
        if self.received.qsize() < _DATAGRAMS_KEPT:
            self.received.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, OSError):
            self.received.put_nowait(exc)


async def _ask_udp(host: str, port: int, question: UdpScrape, timeout_s: float) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_s):  # for the name to be resolved
        transport, protocol = await loop.create_datagram_endpoint(
            _Datagrams, remote_addr=(host, port)
        )
    try:
        while not question.over:
            if datagram := question.to_send(loop.time()):
                transport.sendto(datagram)
            try:
                async with asyncio.timeout_at(question.deadline()):
                    received = await protocol.received.get()
            except TimeoutError:
                continue
            if isinstance(received, OSError):
                raise received
            question.receive(received, loop.time(), time.time_ns() // 1000)
    finally:
        transport.close()


async def _ask_http(question: _Question, told: list[ScrapeCounts]) -> str | None:
    scrape_url, loop = tracker.scrape_url(question.url), asyncio.get_running_loop()
    for batch in in_batches(question.infohashes, tracker.HTTP_LIMIT):
        request = HttpScrape(scrape_url, batch).encode()
        while not question.budget.take(now := loop.time()):
            await asyncio.sleep(question.budget.next_at(now) - now)
        async with asyncio.timeout(question.timeout_s):
            answer = await _exchange(urlsplit(scrape_url), request)
        if answer.status != _HTTP_OK:
            return declined(f"HTTP status {answer.status}")
        counts = tracker.decode_http(answer.body)
        if isinstance(counts, ErrorResponse):
            return declined(counts.message)
        at_us = time.time_ns() // 1000
        told += [ScrapeCounts.of(one, counts[one], at_us) for one in batch if one in counts]
    return None


async def _exchange(parts: SplitResult, request: bytes) -> Answer:
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or _PORTS[parts.scheme], ssl=secure
    )
    try:
        writer.write(request)
        answer = AnswerReader()
        while data := await reader.read(_READ_BYTES):
            if (whole := answer.feed(data)) is not None:
                return whole
        return answer.end()
    finally:
        writer.transport.abort()
