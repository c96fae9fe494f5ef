"""A hub's server on loopback, in a thread of its own, for as long as a test needs it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from cryptography import x509

from luzeiro.hub.certificate import make_certificate, pin_of
from luzeiro.hub.hub import Hub
from luzeiro.hub.ledger import in_time
from luzeiro.hub.server import HubServer, tls
from luzeiro.hub.wire import Ticket


@dataclass(frozen=True, slots=True)
class Serving:
    """A hub that serves."""

    hub: Hub
    url: str
    pin: str

    def ticket(self, label: str = "north", *, hours: float = 1.0, secret: str = "") -> Ticket:
        made = Ticket(self.url, self.pin, str(self.hub.log.key), secret or f"for {label}", label)
        self.hub.ledger.add_ticket(made.secret, label, in_time(datetime.now(UTC), hours))
        return made


@contextmanager
def serving(folder: Path, *, port: int = 0) -> Iterator[Serving]:
    """Serve a hub until the block ends; then it is as if it had been stopped."""
    hub = Hub(folder)
    certificate, key = make_certificate(folder, "127.0.0.1", datetime.now(UTC))
    started, loop = threading.Event(), asyncio.new_event_loop()
    stop, bound = asyncio.Event(), list[int]()

    async def run() -> None:
        runner = web.AppRunner(HubServer(hub, report=lambda _: None).application())
        await runner.setup()
        await web.TCPSite(
            runner, "127.0.0.1", port, ssl_context=tls(certificate, key), reuse_address=True
        ).start()
        bound.append(runner.addresses[0][1])
        started.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    started.wait(20)
    pin = pin_of(x509.load_pem_x509_certificate(certificate.read_bytes()))
    try:
        yield Serving(hub, f"https://127.0.0.1:{bound[0]}", pin)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()
        hub.close()
