"""A small eD2k server for the lab: real aMule daemons log in to it and offer what they share.

It keeps who offered what and answers who shares a file, by TCP and UDP. Run on a host of the lab::

    python -m lab.edonkey.server HOST PORT
"""

import asyncio
import struct
import sys
import zlib
from collections import defaultdict
from ipaddress import IPv4Address

from luzeiro.networks.edonkey.wire.tags import read_tags
from luzeiro.networks.kit.errors import WireError
from luzeiro.networks.kit.reader import Reader

_LOGIN, _OFFER_FILES, _GET_SOURCES, _GET_SOURCES_OBFU = 0x01, 0x15, 0x19, 0x23
_ID_CHANGE, _FOUND_SOURCES, _MESSAGE = 0x40, 0x42, 0x38
_PACKED, _EDONKEY = 0xD4, 0xE3
_GLOB_GET_SOURCES, _GLOB_GET_SOURCES_2, _GLOB_FOUND = 0x9A, 0x94, 0x9B
UDP_OFFSET = 4
_MOST_SOURCES = 100


class Offers:
    """Who offered what: file -> id and port as they travel."""

    def __init__(self) -> None:
        self._of_file: dict[bytes, set[bytes]] = defaultdict(set)

    def add(self, client: bytes, body: bytes) -> None:
        """Take in an OP_OFFERFILES."""
        reader = Reader(body, "OP_OFFERFILES")
        for _ in range(reader.uint32()):
            digest = reader.take(16)
            reader.take(6)  # id and port: of the offering client, or marks of completeness
            read_tags(reader, reader.uint32())
            self._of_file[digest].add(client)

    def forget(self, client: bytes) -> None:
        for clients in self._of_file.values():
            clients.discard(client)

    def found(self, digest: bytes) -> bytes:
        """The body of an answer about one file."""
        told = sorted(self._of_file[digest])[:_MOST_SOURCES]
        return digest + bytes([len(told)]) + b"".join(told)


def packet(opcode: int, body: bytes) -> bytes:
    return struct.pack("<BIB", _EDONKEY, len(body) + 1, opcode) + body


async def serve_client(
    offers: Offers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    host = IPv4Address(writer.get_extra_info("peername")[0]).packed
    client = b""
    try:
        while True:
            protocol, length, opcode = struct.unpack("<BIB", await reader.readexactly(6))
            body = await reader.readexactly(length - 1)
            if protocol == _PACKED:
                body = zlib.decompress(body)
            if opcode == _LOGIN:
                client = host + body[20:22]
                hello = b"the lab's server"
                writer.write(packet(_MESSAGE, struct.pack("<H", len(hello)) + hello))
                writer.write(packet(_ID_CHANGE, host + bytes(4)))
            elif opcode == _OFFER_FILES:
                offers.add(client, body)
            elif opcode in (_GET_SOURCES, _GET_SOURCES_OBFU):
                writer.write(packet(_FOUND_SOURCES, offers.found(body[:16])))
    except (asyncio.IncompleteReadError, ConnectionError, WireError):
        pass
    finally:
        offers.forget(client)
        writer.close()


class Udp(asyncio.DatagramProtocol):
    """Answers about sources, and nothing else."""

    def __init__(self, offers: Offers) -> None:
        self._offers = offers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        step = {_GLOB_GET_SOURCES: 16, _GLOB_GET_SOURCES_2: 20}.get(data[1] if data[1:] else 0)
        if step is None:
            return
        asked = [data[at : at + 16] for at in range(2, len(data), step)]
        head = bytes((_EDONKEY, _GLOB_FOUND))
        answer = b"".join(head + self._offers.found(digest) for digest in asked)
        self._transport.sendto(answer, addr)  # type: ignore[attr-defined]  # a DatagramTransport


async def main(host: str, port: int) -> None:
    offers, loop = Offers(), asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: Udp(offers), local_addr=(host, port + UDP_OFFSET))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve_client(offers, reader, writer)

    server = await asyncio.start_server(serve, host, port)
    print('{"ready": true}', flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
