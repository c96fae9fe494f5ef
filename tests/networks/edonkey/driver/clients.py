"""A client of eD2k on loopback that answers as it is told to, for tests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from luzeiro.observations.endpoint import Endpoint
from tests.networks.edonkey.answers import FILE, hello_answer, name, no_file, spoken, status

Answer = Callable[[int, bytes], bytes]  # opcode and body of a packet, to what is answered


def sharing(parts: int = 0, bits: bytes = b"") -> Answer:
    """Answers as an honest client that shares one file does."""

    def answer(opcode: int, body: bytes) -> bytes:
        if opcode == 0x01 and len(body) > 16:
            return hello_answer()
        if opcode == 0x58 and body == FILE:
            return name(FILE)
        if opcode == 0x4F:
            return status(FILE, parts, bits) if body == FILE else no_file(body)
        return b""

    return answer


def echoing(opcode: int, body: bytes) -> bytes:
    """Says yes to every hash."""
    return hello_answer() if opcode == 0x01 else status(body) if opcode == 0x4F else b""


def silent(_opcode: int, _body: bytes) -> bytes:
    return b""


@asynccontextmanager
async def running(answer: Answer, *, host: str = "127.0.0.1") -> AsyncIterator[Endpoint]:
    """Run such a client; its endpoint."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        buffer = b""
        try:
            while data := await reader.read(4096):
                buffer += data
                while len(buffer) > 5 and len(buffer) >= 5 + int.from_bytes(buffer[1:5], "little"):
                    end = 5 + int.from_bytes(buffer[1:5], "little")
                    ((_, opcode, body),) = spoken(buffer[:end])
                    buffer = buffer[end:]
                    writer.write(answer(opcode, body))
        except ConnectionError:
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, host, 0)
    try:
        yield Endpoint.parse(*server.sockets[0].getsockname())
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
