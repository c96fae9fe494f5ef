import asyncio
import struct
from collections.abc import Sequence
from typing import cast

from luzeiro.networks.edonkey.driver.servers import ServerDriver, Told
from luzeiro.networks.edonkey.session.server import ServerSettings
from luzeiro.networks.kit.tally import Tally
from luzeiro.observations.endpoint import Endpoint
from tests.networks.edonkey.answers import EDONKEY, FILE, packet
from tests.networks.edonkey.driver.clients import Answer, running

HIGH = b"\xc0\0\2\7\x36\x12"
LOW = struct.pack("<IH", 4711, 0)
ID_CHANGE = packet(EDONKEY, 0x40, struct.pack("<II", 7, 0))


def knowing(*sources: bytes, heard: list[int]) -> Answer:
    """Answers as a server that knows these sharers; notes the opcodes of what it hears."""

    def answer(opcode: int, body: bytes) -> bytes:
        heard.append(opcode)
        if opcode == 0x01:
            return ID_CHANGE
        return packet(EDONKEY, 0x42, body[:16] + bytes([len(sources)]) + b"".join(sources))

    return answer


def asked(answer: Answer, more: Sequence[Endpoint] = ()) -> tuple[list[Told], Endpoint, Tally]:
    async def run() -> tuple[list[Told], Endpoint, Tally]:
        tally = Tally()
        async with asyncio.timeout(20), running(answer) as server:
            settings = ServerSettings(answer_timeout_s=0.5, login_timeout_s=1.0, links=1)
            driver = await ServerDriver.open([server, *more], settings, b"u" * 16, tally, own=None)
            told = await driver.sources(FILE, 5)
            await driver.close()
            return told, server, tally

    return asyncio.run(run())


def test_a_server_is_logged_in_to_and_asked_and_hears_nothing_else() -> None:
    heard: list[int] = []
    told, server, tally = asked(knowing(HIGH, LOW, heard=heard))
    assert heard == [0x01, 0x19]
    (high, telling), (low, _) = told
    assert str(high.endpoint) == "192.0.2.7:4662"
    assert low.path == f"firewalled: LowID 4711 of server {server}"
    assert (telling.teller, telling.means) == (server, "server")
    assert telling.transcript is not None
    assert [frame.data[5] for frame in telling.transcript.frames] == [0x19, 0x42]
    assert tally.counts["server answers"] == 1


def test_a_server_that_knows_nobody_and_says_nothing_costs_a_moment() -> None:
    told, _, tally = asked(lambda opcode, _: ID_CHANGE if opcode == 0x01 else b"")
    assert told == []
    assert tally.counts["server questions"] == 1


def test_the_servers_that_are_not_logged_in_to_are_asked_by_udp() -> None:
    class Udp(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self._transport = cast("asyncio.DatagramTransport", transport)  # no subclass

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            assert data == b"\xe3\x94" + FILE + struct.pack("<I", 5)
            self._transport.sendto(b"\xe3\x9b" + FILE + b"\x01" + HIGH, addr)

    async def run() -> tuple[list[Told], Tally]:
        tally, loop = Tally(), asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Udp, local_addr=("127.0.0.1", 0))
        host, port = transport.get_extra_info("sockname")
        settings = ServerSettings(links=0)
        server = Endpoint.parse(host, port - 4)
        driver = await ServerDriver.open([server], settings, b"u" * 16, tally, own=None)
        async with asyncio.timeout(20):
            told = await driver.sources(FILE, 5)
        await driver.close()
        transport.close()
        return told, tally

    told, tally = asyncio.run(run())
    ((source, telling),) = told
    assert str(source.endpoint) == "192.0.2.7:4662"
    assert telling.transcript is not None
    assert telling.transcript.transport == "udp"
    assert tally.counts["server answers"] == 1
