"""A peer of our own making, which says what real clients never would, and how to ask it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random

import uvloop

from luzeiro.networks.bittorrent.driver.peers import PeerDriver
from luzeiro.networks.bittorrent.session.inquiry import Inquiry
from luzeiro.networks.bittorrent.session.link import LinkSettings
from luzeiro.networks.bittorrent.wire import peerwire
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.exchange import Direction, Transcript

PIECES = 41
INFOHASH, PEER_ID = b"\x11" * 20, b"-XX0000-invented-id."
QUICK = LinkSettings(
    connect_timeout_s=0.5, handshake_timeout_s=0.5, grace_s=0.1, dwell_s=0.2, dwell_none_s=0.2
)
HAVE_ALL = b"\x00\x00\x00\x01\x0e"

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def received(transcript: Transcript) -> bytes:
    frames = transcript.frames
    return b"".join(frame.data for frame in frames if frame.direction is Direction.RECEIVED)


def echo(head: bytes, infohash: bytes | None = None) -> bytes:
    """A handshake that takes whatever it is asked for."""
    reserved = b"\x00\x00\x00\x00\x00\x10\x00\x05"
    return peerwire.PROTOCOL + reserved + (infohash or head[28:48]) + PEER_ID


@asynccontextmanager
async def peer(
    talk: Conversation, host: str = "127.0.0.1"
) -> AsyncIterator[tuple[Endpoint, list[asyncio.Task[None]]]]:
    """A peer of our own making; what it says of each link is `talk`."""
    tasks: list[asyncio.Task[None]] = []

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(task := asyncio.ensure_future(talk(reader, writer)))
        try:
            await task
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(converse, host, 0)
    name = server.sockets[0].getsockname()
    yield Endpoint.parse(name[0], name[1]), tasks
    server.close()


def ask(
    talk: Conversation,
    *,
    settings: LinkSettings = QUICK,
    host: str = "127.0.0.1",
    infohash: bytes = INFOHASH,
    alternates: tuple[bytes, ...] = (),
    own: Endpoint | None = None,
) -> tuple[Inquiry, Tally]:
    """Ask a peer that talks like this."""
    tally = Tally()

    async def run() -> Inquiry:
        driver = PeerDriver(settings, Random(1), tally, own=own)
        async with peer(talk, host) as (remote, tasks):
            inquiry = await driver.inquire(
                remote, infohash, piece_count=PIECES, alternates=alternates
            )
            await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        await driver.close()
        return inquiry

    return uvloop.run(run()), tally


async def until_closed(reader: asyncio.StreamReader) -> None:
    """Wait until the other side hangs up."""
    try:
        while await reader.read(65536):
            pass
    except ConnectionError:
        pass


def unanswered(remote: Endpoint, settings: LinkSettings = QUICK) -> tuple[Inquiry, Tally]:
    tally = Tally()

    async def run() -> Inquiry:
        return await PeerDriver(settings, Random(1), tally).inquire(remote, INFOHASH)

    return uvloop.run(run()), tally
