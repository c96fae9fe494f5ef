"""Kad nodes and a sharing client on loopback, for bench_edonkey.py: lean, and no content at all.

Nodes that all know each other store three sources of each file, at the ten nearest. The client says
that it shares every part of one file and refuses any other hash. Run as a program it prints one
JSON line and serves until its standard input ends::

    python -m bench.ed2k_world --nodes 40 --files 200 --seed 1
"""

import argparse
import asyncio
import json
import struct
import sys
from functools import partial
from random import Random
from typing import cast

import uvloop

FIRST_BYTE = 0x35  # of all ids, so that every node is in the zone of every file
FILE = bytes([FIRST_BYTE]) + bytes(15)
HELLO_ANSWER, STATUS, NAME, NO_FILE = 0x4C, 0x50, 0x59, 0x48


def words(identifier: bytes) -> bytes:
    return struct.pack("<4I", *struct.unpack(">4I", identifier))


class Node(asyncio.DatagramProtocol):
    """One node: its answers are made once."""

    def __init__(self, world: "World", number: int) -> None:
        self._world, self._id = world, world.ids[number]
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        if data[1] == 0x01:
            self._transport.sendto(self._world.bootstrap(self._id), addr)
        elif data[1] == 0x21 and data[19:35] == words(self._id):
            self._transport.sendto(self._world.nearest[data[3:19]], addr)
        elif data[1] == 0x34 and self._id in self._world.holders[data[2:18]]:
            self._transport.sendto(self._world.sources(self._id, data[2:18]), addr)


class World:
    """Who knows what."""

    def __init__(self, nodes: int, files: int, seed: int) -> None:
        random = Random(seed)
        self.ids = [bytes([FIRST_BYTE]) + random.randbytes(15) for _ in range(nodes)]
        self.files = [bytes([FIRST_BYTE]) + random.randbytes(15) for _ in range(files)]
        self.addresses: dict[bytes, tuple[str, int]] = {}
        self.nearest: dict[bytes, bytes] = {}  # file, as it travels -> the whole answer
        self.holders: dict[bytes, frozenset[bytes]] = {}
        self.told = struct.pack("<H", 3) + b"".join(
            words(bytes([number]) * 16)
            + b"\x03\x09\x01\0\xff\x01"
            + b"\x03\x01\0\xfe"
            + bytes((number, 2, 0, 192))
            + b"\x08\x01\0\xfd\x36\x12"
            for number in (1, 2, 3)
        )

    def prepare(self) -> None:
        """Make the answers, once everybody has an address."""
        for file in self.files:
            number = int.from_bytes(file, "big")
            near = sorted(self.ids, key=lambda one: int.from_bytes(one, "big") ^ number)
            told = b"".join(map(self._contact, near[:11]))
            self.nearest[words(file)] = b"\xe4\x29" + words(file) + b"\x0b" + told
            self.holders[words(file)] = frozenset(near[:10])

    def bootstrap(self, own: bytes) -> bytes:
        told = b"".join(map(self._contact, self.ids[:20]))
        head = words(own) + struct.pack("<HBH", 4662, 8, min(20, len(self.ids)))
        return b"\xe4\x09" + head + told

    def sources(self, own: bytes, file: bytes) -> bytes:
        return b"\xe4\x3b" + words(own) + file + self.told

    def _contact(self, one: bytes) -> bytes:
        host, port = self.addresses[one]
        number = int.from_bytes(bytes(map(int, host.split("."))), "big")
        return words(one) + struct.pack("<IHHB", number, port, 4662, 8)


def packet(opcode: int, body: bytes) -> bytes:
    return struct.pack("<BIB", 0xE3, len(body) + 1, opcode) + body


class Client(asyncio.Protocol):
    """One link to a client that shares `FILE` whole."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._buffer += data
        while len(self._buffer) > 5:
            end = 5 + int.from_bytes(self._buffer[1:5], "little")
            if len(self._buffer) < end:
                return
            opcode, body = self._buffer[5], self._buffer[6:end]
            self._buffer = self._buffer[end:]
            if opcode == 0x01:
                version = b"\x03\x01\0\xfb" + struct.pack("<I", 3 << 24 | 2 << 17)
                answer = FILE + bytes(4) + struct.pack("<HI", 4662, 1) + version + bytes(6)
                self._transport.write(packet(HELLO_ANSWER, answer))
            elif opcode == 0x58 and body == FILE:
                self._transport.write(packet(NAME, FILE + b"\x05\0a.bin"))
            elif opcode == 0x4F:
                shares = body == FILE
                self._transport.write(packet(STATUS, FILE + b"\0\0") if shares else
                                      packet(NO_FILE, body))  # fmt: skip


async def serve(nodes: int, files: int, seed: int) -> None:
    loop, world = asyncio.get_running_loop(), World(nodes, files, seed)
    for number, one in enumerate(world.ids):
        host = f"127.21.{number // 250}.{number % 250 + 1}"
        transport, _ = await loop.create_datagram_endpoint(
            partial(Node, world, number), local_addr=(host, 0)
        )
        world.addresses[one] = transport.get_extra_info("sockname")[:2]
    world.prepare()
    server = await loop.create_server(Client, "0.0.0.0", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    told = {"nodes": list(world.addresses.values()), "files": [one.hex() for one in world.files]}
    print(json.dumps({**told, "port": port}), flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=40)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    uvloop.run(serve(options.nodes, options.files, options.seed))
