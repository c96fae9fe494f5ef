import asyncio
from contextlib import suppress

import pytest

from luzeiro.networks.kit.driver.links import REFUSED, LinkError, open_link
from luzeiro.observations.endpoint import Endpoint


class Greeting:
    """Says "hi", hears one answer, and is finished; or its time runs out."""

    def __init__(self, patience_s: float = 5.0) -> None:
        self.finished, self.heard, self.ended = False, b"", ""
        self._patience_s, self._deadline = patience_s, 0.0

    def opened(self, now: float) -> bytes:
        self._deadline = now + self._patience_s
        return b"hi"

    def receive(self, data: bytes, _now: float) -> bytes:
        self.heard += data
        self.finished = self.heard.endswith(b".")
        return b"" if self.finished else b"go on"

    def closed(self, _now: float) -> None:
        self.ended = self.ended or "closed"

    def expire(self, _now: float) -> None:
        self.finished, self.ended = True, "expired"

    def deadline(self) -> float:
        return self._deadline


async def carried(link: Greeting, *answers: bytes, close: bool = False) -> list[bytes]:
    """Carry a link to a peer that gives these answers; what the peer heard."""
    heard: list[bytes] = []
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            heard.append(await reader.read(100))
            writer.write(answer)
        if not close:
            await reader.read()  # until the other side hangs up
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        over.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    remote = Endpoint.parse(*server.sockets[0].getsockname())
    async with asyncio.timeout(10):
        carrier = await open_link(link, remote, own=None, timeout_s=2.0)
        assert carrier.own is not None
        await carrier.carry()
        await over.wait()
    server.close()
    return heard


def test_bytes_go_both_ways_until_the_link_is_finished() -> None:
    link = Greeting()
    assert asyncio.run(carried(link, b"well", b"done.")) == [b"hi", b"go on"]
    assert link.heard == b"welldone."


def test_the_other_sides_end_is_told() -> None:
    link = Greeting()
    asyncio.run(carried(link, b"well", close=True))
    assert link.ended == "closed"


def test_the_deadline_is_kept() -> None:
    link = Greeting(patience_s=0.1)
    asyncio.run(carried(link, b"well"))
    assert link.ended == "expired"


def test_what_cannot_be_opened_is_told_with_the_reason() -> None:
    async def run() -> None:
        await open_link(Greeting(), Endpoint.parse("127.0.0.1", 1), own=None, timeout_s=1.0)

    with pytest.raises(LinkError) as told:
        asyncio.run(run())
    assert told.value.fault == REFUSED
