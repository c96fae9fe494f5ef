"""The owner of a store serves the other processes of its account over a Unix socket.

Nobody else can reach it: the socket lies in the home, readable by its account alone, and whoever
connects must be that account or root. It is no door to any network.
"""

import os
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa

from luzeiro.sightings.driver import frames
from luzeiro.sightings.driver.frames import BrokenLinkError
from luzeiro.sightings.driver.paths import short_name
from luzeiro.sightings.engine import Engine
from luzeiro.sightings.store import StoreError

_CREDENTIALS = struct.Struct("3i")  # pid, uid, gid: unix(7), SO_PEERCRED


@contextmanager
def serving(engine: Engine, path: Path) -> Iterator[None]:
    """Serve an open engine at the socket `path`, in threads, while the context lasts.

    Whoever calls holds the store's lock, so a socket that is there already is a dead owner's.

    Raises:
        StoreError: the socket cannot be made.
    """
    try:
        path.unlink(missing_ok=True)
        with short_name(path) as name:
            before = os.umask(0o177)
            try:
                server = _Server(name, engine)
            finally:
                os.umask(before)
    except OSError as error:
        raise StoreError(f"{path} cannot be made ({error.strerror}).") from error
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="owner", daemon=True)
    thread.start()
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, name: str, engine: Engine) -> None:
        self.engine = engine
        super().__init__(name, _Asked)

    def verify_request(self, request: object, client_address: object) -> bool:  # noqa: ARG002
        assert isinstance(request, socket.socket)
        raw = request.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        return _CREDENTIALS.unpack(raw)[1] in (0, os.geteuid())


class _Asked(socketserver.BaseRequestHandler):
    """One process that asks: as many questions as it likes, one after the other."""

    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        with suppress(BrokenLinkError):
            while True:
                head, body = frames.receive(self.request)
                try:
                    self._answer(self.server.engine, head, body)
                except StoreError as error:
                    frames.send(self.request, {"error": str(error)})

    def _answer(self, engine: Engine, head: Mapping[str, object], body: pa.Buffer) -> None:
        text = {name: value for name, value in head.items() if isinstance(value, str)}
        answer: bytes | pa.Buffer = b""
        match head.get("do"):
            case "ask":
                answer = frames.as_stream(engine.ask(text["question"]))
            case "stream":
                for batch in engine.stream(text["question"]):
                    frames.send(self.request, {"more": True}, frames.as_stream(batch))
            case "insert":
                rows = frames.from_stream(body)
                engine.insert(text["table"], rows, token=text["token"])
            case "delete":
                engine.delete(text["table"], text["condition"])
            case "drop_partition":
                engine.drop_partition(text["table"], int(text["partition"]))
            case "tidy":
                engine.tidy()
            case "greet":
                pass
            case other:
                raise StoreError(f"The owner of the store knows no {other!r}: another version?")
        frames.send(self.request, {"pid": os.getpid()}, answer)
