"""Fifty collectors send to one hub for a minute, some of them badly; then the log is looked
through::

    python -m lab.evidence.hub_load [--collectors 50] [--seconds 60]

One upload in ten is cut off in the middle (and sent again later), one segment in twenty is damaged
before it is sent. Every good segment must be in the log once, every bad one refused with a reason.
"""

import argparse
import base64
import contextlib
import http.client
import random
import shutil
import ssl
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from luzeiro.collector.chain import Chain
from luzeiro.collector.enrolment import keep
from luzeiro.collector.spool import Spool
from luzeiro.collector.uploader import Sent, Uploader, enrol
from luzeiro.evidence.audit import audit
from luzeiro.evidence.signer import Signer
from luzeiro.hub.wire import NOTE_HEADER, SEGMENTS, Ticket
from luzeiro.observations import segment
from luzeiro.observations.record import Sighting
from tests.evidence import scenes
from tests.hub.serving import Serving, serving

_SIGHTINGS = 100  # in a segment
_EVERY_S = 1.0


class Sender:
    """One collector: seals, and sends until the time is over."""

    def __init__(self, number: int, folder: Path, ticket: Ticket) -> None:
        self._number, self._folder, self._dice = number, folder, random.Random(number)
        self._name = str(UUID(int=number))
        self._signer = Signer(f"luzeiro/collector/{self._name}", number.to_bytes(32, "big"))
        self._spool = Spool(
            folder / "spool",
            reserve_bytes=0,
            chain=Chain(folder / "spool", self._signer, self._name),
        )
        enrolment = enrol(ticket, self._name, self._signer, "2026")
        keep(folder, enrolment)
        self._uploader = Uploader(enrolment, folder)
        self._observation, self._url = scenes.seeder(), ticket.url
        self.good, self.bad, self.cut_off, self.refused = set[str](), set[str](), 0, list[str]()

    def run(self, until: float) -> None:
        while time.monotonic() < until:
            path = self._spool.seal([self._sighting() for _ in range(_SIGHTINGS)])
            if self._dice.random() < 1 / 20:
                self._damage(path)
                self.bad.add(path.name)
            else:
                self.good.add(path.name)
                if self._dice.random() < 1 / 10:
                    self._cut_off(path)
            self._take(self._uploader.send_waiting(self._folder / "spool"))
            time.sleep(max(0.0, self._dice.expovariate(1 / _EVERY_S)))
        self._take(self._uploader.send_waiting(self._folder / "spool"))
        self._uploader.close()
        self._spool.close()

    def _take(self, sent: Sent) -> None:
        self.refused += [one.told.partition(": ")[2] for one in sent.refused]

    def _sighting(self) -> Sighting:
        made = scenes.sighting_of(self._observation, self._dice.getrandbits(60))
        return Sighting(
            sighting_id=made.sighting_id,
            observation=made.observation,
            collector=UUID(self._name),
            software=made.software,
            configuration_sha256=made.configuration_sha256,
            watch_revision=made.watch_revision,
            clock=made.clock,
        )

    def _damage(self, path: Path) -> None:
        held = bytearray(path.read_bytes())
        held[self._dice.randrange(len(held) // 2)] ^= 1 << self._dice.randrange(8)
        path.write_bytes(held)

    def _cut_off(self, path: Path) -> None:
        """Send half of it, and hang up."""
        self.cut_off += 1
        sealed, at = path.read_bytes(), urlsplit(self._url)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection(at.hostname or "", at.port, context=context, timeout=60)
        with contextlib.suppress(OSError, http.client.HTTPException):
            link.putrequest("PUT", SEGMENTS + path.name)
            note = base64.b64encode(segment.note_of(sealed) or b"").decode()
            link.putheader(NOTE_HEADER, note)
            link.putheader("Content-Length", str(len(sealed)))
            link.endheaders()
            link.send(sealed[: self._dice.randrange(1, len(sealed))])
        link.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collectors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="luzeiro-load-"))
    try:
        with serving(folder / "hub") as served:
            senders = [
                Sender(number, folder / str(number), served.ticket(f"collector {number}"))
                for number in range(1, options.collectors + 1)
            ]
            until = time.monotonic() + options.seconds
            threads = [threading.Thread(target=one.run, args=(until,)) for one in senders]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            holds = _told(served, senders)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if holds else 1)


def _told(served: Serving, senders: list[Sender]) -> bool:
    good = set().union(*(one.good for one in senders))
    bad = set().union(*(one.bad for one in senders))
    refused = [told for one in senders for told in one.refused]
    admitted = [path.name for path in segment.waiting_in(served.hub.admitted)]
    found = audit(served.hub.log, [served.hub.log.checkpoint() or b""])
    logged = found.segments
    print(
        f"{datetime.now(UTC):%H:%M:%S} {len(good)} good segments, {len(bad)} damaged, "
        f"{sum(one.cut_off for one in senders)} uploads cut off; in the log {logged}, "
        f"admitted {len(admitted)}, refused {len(refused)}, faults {found.faults}"
    )
    for told, count in Counter(one[:60] for one in refused).most_common(5):
        print(f"  refused {count}: {told}")
    left = list(served.hub.incoming.iterdir())
    return (
        set(admitted) == good
        and len(admitted) == len(set(admitted)) == logged == len(good)
        and len(refused) == len(bad)
        and not found.faults
        and not left
    )


if __name__ == "__main__":
    main()
