"""A lean peer for bench_peerwire.py: it answers as a real client did, and holds no content at all.

It echoes one infohash and closes the link on any other. Its answer is laid out as libtorrent lays
it out: handshake, extension handshake, then a bitfield with every piece. Run as a program it prints
its port and serves until its standard input ends::

    python -m bench.peer_responder --pieces 1000
"""

import argparse
import asyncio
import sys
from typing import cast

import uvloop

INFOHASH = bytes(range(20))
_EXTENSIONS = (
    b"d12:complete_agoi-1e1:md11:lt_donthavei7e10:share_modei8e11:upload_onlyi3e"
    b"12:ut_holepunchi4e11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei20885e4:reqqi2000e"
    b"11:upload_onlyi1e1:v18:libtorrent/2.1.1.06:yourip4:\x7f\x00\x00\x01e"
)


def answer(piece_count: int) -> bytes:
    """The whole of what a seeder says at first."""
    reserved = bytes.fromhex("0000000000100005")
    handshake = b"\x13BitTorrent protocol" + reserved + INFOHASH + b"-LT2110-" + b"x" * 12
    spare = -piece_count % 8
    bits = ((1 << piece_count) - 1 << spare).to_bytes((piece_count + spare) // 8, "big")
    return handshake + _framed(b"\x14\x00" + _EXTENSIONS) + _framed(b"\x05" + bits)


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


class Responder(asyncio.Protocol):
    """One link: the answer, or a close."""

    def __init__(self, said: bytes) -> None:
        self._said = said
        self._transport: asyncio.Transport | None = None
        self._answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        if self._answered:
            return
        if data[28:48] == INFOHASH:  # loopback brings 68 bytes in one piece
            self._transport.write(self._said)
            self._answered = True
        else:
            self._transport.abort()


async def serve(said: bytes) -> None:
    loop = asyncio.get_running_loop()
    # On every address of loopback: links to one address and port would run out of own ports.
    server = await loop.create_server(lambda: Responder(said), "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--pieces", type=int, default=1000)
    uvloop.run(serve(answer(parser.parse_args().pieces)))
