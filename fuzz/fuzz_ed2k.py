"""Whatever a client or a server sends over TCP or UDP, it is packets or WireError, soon.

python -m fuzz.fuzz_ed2k [--inputs 2000000] [--seed 1]
"""

import zlib
from contextlib import suppress

from fuzz.mutate import main
from luzeiro.networks.edonkey.wire import client, server
from luzeiro.networks.edonkey.wire.packet import Packet, PacketStream
from luzeiro.networks.kit.errors import WireError
from tests.networks.edonkey.answers import (
    EDONKEY,
    EMULE,
    FILE,
    hello_answer,
    no_file,
    packet,
    source,
    sources,
    status,
)
from tests.vectors import names, vector

HIGH = b"\xc0\0\2\1\x36\x12"
SEEDS = [
    *(vector(name) for name in names("edonkey/client") if "obfuscated" not in name),
    hello_answer(emule=False) + status(FILE, 9, b"\x55\x01") + no_file(FILE),
    sources(FILE, *[source(b"\xc0\0\2\7")] * 5),
    packet(EMULE, 0x84, b"\x04" + FILE + b"\1\0" + bytes(29)),
    packet(EMULE, 0x93, FILE + b"\x59\x01\0a" + b"\x50\x02\0\x01" + b"\x9d" + bytes(20)),
    packet(0xD4, 0x93, zlib.compress(FILE + b"\x50\x02\0\x01")),
    packet(EDONKEY, 0x40, bytes(8)) + packet(EDONKEY, 0x38, b"\2\0hi"),
    packet(EDONKEY, 0x42, FILE + b"\2" + HIGH * 2),
    packet(EDONKEY, 0x44, FILE + b"\1" + HIGH + b"\x83" + bytes(16)),
    b"\xe3\x9b" + FILE + b"\2" + HIGH * 2 + b"\xe3\x9b" + FILE + b"\0",
]


def read_every_way(data: bytes) -> None:
    """Read a stream as a client's and as a server's; it means the same however it is cut."""
    with suppress(WireError):
        server.decode_udp(data)
    half = len(data) // 2
    for decode, limits in ((client.decode, client.LIMITS), (server.decode, server.LIMITS)):
        whole, halves = PacketStream(limits), PacketStream(limits)
        told = _told(whole, (data,))
        assert told == _told(halves, (data[:half], data[half:])), "it matters how it is cut"
        for one in told:
            with suppress(WireError):
                decode(one)
    list(PacketStream(client.LIMITS).feed(data))


def _told(stream: PacketStream, pieces: tuple[bytes, ...]) -> list[Packet]:
    told: list[Packet] = []
    with suppress(WireError):
        for piece in pieces:
            for one in stream.feed(piece):
                told.append(one)
    return told


if __name__ == "__main__":
    main("ed2k", read_every_way, SEEDS)
