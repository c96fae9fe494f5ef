"""Carries scrapes to trackers: UDP, HTTP or HTTPS. Counts come back, and nothing else."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from urllib.parse import SplitResult, urlsplit

from luzeiro.networks.bittorrent.session.scrape import (
    FIRST_WAIT_S,
    HTTP_LIMIT_BYTES,
    UdpScrape,
    body_of,
)
from luzeiro.networks.bittorrent.wire import tracker
from luzeiro.networks.bittorrent.wire.tracker import Counts, HttpScrape
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.tally import Tally

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ScrapeResult:
    """What one tracker said; `fault` says why where it said nothing."""

    counts: tuple[Counts, ...]
    fault: str | None


async def scrape(
    url: str,
    infohashes: Sequence[bytes],
    *,
    random: Random,
    tally: Tally,
    timeout_s: float = 30.0,
    first_wait_s: float = FIRST_WAIT_S,
) -> ScrapeResult:
    """Ask one tracker how many hold each torrent.

    Args:
        url: udp://, http:// or https://, of the announce or of the scrape.
        infohashes: 20 bytes each.
        random: unguessable outside of tests: transaction ids keep strangers' replies out.
        timeout_s: for each question of up to 74 torrents.
        first_wait_s: how long a UDP reply is waited for before the question is sent again.
    """
    told: list[Counts] = []
    waiting = iter(infohashes)
    while some := list(islice(waiting, tracker.UDP_LIMIT)):
        tally.count("scrapes")
        try:
            async with asyncio.timeout(timeout_s):
                told += await _ask(urlsplit(url), url, some, random, first_wait_s)
        except TimeoutError:
            return _failed(told, "timed out", tally)
        except (WireError, ValueError, ScrapeDeclinedError) as error:
            return _failed(told, str(error), tally)
        except OSError as error:
            return _failed(told, f"unreachable: {error.strerror or error}", tally)
    return ScrapeResult(tuple(told), None)


class ScrapeDeclinedError(Exception):
    """The tracker did not answer, or declined."""


def _failed(told: list[Counts], fault: str, tally: Tally) -> ScrapeResult:
    tally.count("scrapes failed")
    return ScrapeResult(tuple(told), fault)


async def _ask(
    parts: SplitResult, url: str, infohashes: Sequence[bytes], random: Random, first_wait_s: float
) -> Sequence[Counts]:
    if parts.scheme == "udp" and parts.hostname and parts.port:
        question = UdpScrape(infohashes, random.randbytes, first_wait_s)
        return await _ask_udp(parts.hostname, parts.port, question)
    if parts.scheme in _PORTS and parts.hostname:
        return await _ask_http(parts, HttpScrape(tracker.scrape_url(url), tuple(infohashes)))
    raise ValueError(f"{url} is no tracker address: udp://HOST:PORT, http:// or https://")


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes | OSError] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - connected
        self.received.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, OSError):
            self.received.put_nowait(exc)


async def _ask_udp(host: str, port: int, question: UdpScrape) -> Sequence[Counts]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        _Datagrams, remote_addr=(host, port)
    )
    try:
        while not question.over:
            if datagram := question.to_send(loop.time()):
                transport.sendto(datagram)
            if question.over:
                break
            try:
                async with asyncio.timeout_at(question.deadline()):
                    received = await protocol.received.get()
            except TimeoutError:
                continue
            if isinstance(received, OSError):
                raise received
            question.receive(received)
    finally:
        transport.close()
    if question.counts is None:
        raise ScrapeDeclinedError(question.fault or "no answer")
    return question.counts


async def _ask_http(parts: SplitResult, question: HttpScrape) -> Sequence[Counts]:
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or _PORTS[parts.scheme], ssl=secure
    )
    try:
        writer.write(question.encode())
        response = bytearray()
        while chunk := await reader.read(65536):
            response += chunk
            if len(response) > HTTP_LIMIT_BYTES:
                raise WireError("more than 1 MiB", at=HTTP_LIMIT_BYTES, spec="BEP 48")
    finally:
        writer.transport.abort()
    told = tracker.decode_http(body_of(bytes(response)))
    return [told[infohash] for infohash in question.infohashes if infohash in told]
