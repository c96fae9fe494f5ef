"""Parties that lie, for the lab alone: a peer that has whatever it is asked, an inventing DHT node.

Run by the demo and the lab as a child. It reads one `Lies` as a line of JSON from standard input,
prints {"ready": true} and ends when standard input does::

    python -m lab.liars
"""

import asyncio
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from random import Random
from typing import cast

from luzeiro.networks.bittorrent.wire import bencode, peerwire
from luzeiro.networks.kit.errors import WireError
from luzeiro.observations.endpoint import Endpoint

Address = tuple[str, int]

_HEAR_OUT_S = 30.0
_ALL_OF_IT = bytes([0, 0, 0, 1, 14])  # HAVE_ALL, as captured from a seeder that has it all
_SAY_HELLO_AGAIN_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lies:
    """Who lies where, about what."""

    echo: tuple[Address, ...] = ()  # peers that accept every infohash
    nodes: tuple[Address, ...] = ()  # DHT nodes that invent
    about: str = ""  # the infohash that the nodes sit next to, and lie about
    invented: tuple[Address, ...] = ()  # the peers that they name for it
    known_nodes: tuple[Address, ...] = ()  # honest nodes, whose acquaintance they make

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Lies":
        fields = json.loads(text)
        for name in ("echo", "nodes", "invented", "known_nodes"):
            fields[name] = tuple((host, port) for host, port in fields[name])
        return cls(**fields)


async def echo_anything(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept whatever infohash comes, and say that we hold all of it."""
    try:
        async with asyncio.timeout(_HEAR_OUT_S):
            theirs = await reader.readexactly(peerwire.HANDSHAKE_BYTES)
            writer.write(theirs[:48] + b"-LZ0000-invented-id-" + _ALL_OF_IT)
            await writer.drain()
            await reader.read()  # until they hang up
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


class InventingNode(asyncio.DatagramProtocol):
    """A DHT node (BEP 5) whose id is next to the infohash, and who names invented peers for it."""

    def __init__(self, lies: Lies, node_id: bytes) -> None:
        self._lies, self._id, self._about = lies, node_id, bytes.fromhex(lies.about)
        self._values = [Endpoint.parse(*peer).compact for peer in lies.invented]
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)  # asyncio's is no subclass

    def datagram_received(self, data: bytes, addr: Address) -> None:
        reply = answer(data, self._id, self._about, self._values)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)

    def say_hello(self) -> None:
        """Ping the honest nodes: who asks is taken into their routing tables."""
        asking: bencode.Encodable = {b"id": self._id}
        hello = bencode.encode({b"t": b"hi", b"y": b"q", b"q": b"ping", b"a": asking})
        for node in self._lies.known_nodes:
            if self._transport is not None:
                self._transport.sendto(hello, node)


def answer(datagram: bytes, node_id: bytes, about: bytes, values: list[bytes]) -> bytes | None:
    """Answer any query, and one about that infohash with invented peers; None if it is no query."""
    try:
        query = bencode.decode(datagram, spec="BEP 5")
    except WireError:
        return None
    if not isinstance(query, dict) or query.get(b"y") != b"q":
        return None
    reply: dict[bytes, bencode.Value] = {b"id": node_id, b"nodes": b"", b"token": b"lies"}
    arguments = query.get(b"a")
    if isinstance(arguments, dict) and arguments.get(b"info_hash") == about:
        reply[b"values"] = list(values)
    return bencode.encode({b"t": query.get(b"t", b""), b"y": b"r", b"r": reply})


def next_to(infohash: bytes, count: int) -> Iterable[bytes]:
    """Give node ids that share all but the last bytes with the infohash: lookups end there."""
    random = Random(infohash)
    return (infohash[:-2] + random.randbytes(2) for _ in range(count))


def _itself(node: InventingNode) -> InventingNode:
    return node


async def tell(lies: Lies) -> None:
    """Lie until standard input ends."""
    loop = asyncio.get_running_loop()
    for host, port in lies.echo:
        await asyncio.start_server(echo_anything, host, port)
    nodes = []
    ids = next_to(bytes.fromhex(lies.about), len(lies.nodes))
    for address, node_id in zip(lies.nodes, ids, strict=True):
        node = InventingNode(lies, node_id)
        await loop.create_datagram_endpoint(partial(_itself, node), local_addr=address)
        nodes.append(node)
    print(json.dumps({"ready": True}), flush=True)
    over = loop.run_in_executor(None, sys.stdin.read)
    while not over.done():
        for node in nodes:
            node.say_hello()
        await asyncio.wait([over], timeout=_SAY_HELLO_AGAIN_S)


def main() -> None:
    asyncio.run(tell(Lies.from_json(sys.stdin.readline())))


if __name__ == "__main__":
    main()
