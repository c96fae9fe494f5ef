"""Sends what waits in the spool to the hub, and deletes only what the hub has shown to be in its
log.

A receipt counts when it is signed by the log that the collector enrolled with, proves that this
very note is in it, and the log's head continues the last one that was seen. Anything else leaves
the segment where it is.
"""

import base64
import binascii
import http.client
import json
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from luzeiro.collector import enrolment as enrolments
from luzeiro.collector.enrolment import Enrolment
from luzeiro.evidence.durable import move, sync_folder
from luzeiro.evidence.receipts import ReceiptError, check_growth, check_receipt
from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.notes import Checkpoint
from luzeiro.evidence.verifier.statements import ENROLMENT, read_seal, write
from luzeiro.hub.certificate import pin_of_der
from luzeiro.hub.refusals import Why
from luzeiro.hub.wire import (
    CONSISTENCY,
    ENROL,
    MISSING_HEADER,
    NOTE_HEADER,
    RECEIPTS,
    SEGMENTS,
    Ticket,
)
from luzeiro.observations import segment
from luzeiro.observations.segment import DamagedSegmentError

TIMEOUT_S = 60.0
_ANSWER_LIMIT = 4 * 2**20
# The collector cannot mend these by itself, and a person can: what waits, waits.
_WAITS = frozenset({Why.UNKNOWN_COLLECTOR.value, Why.FORGED.value})


class HubAwayError(Exception):
    """The hub cannot be reached, or cannot take anything now. Try again later."""


class HubRefusedError(Exception):
    """The hub does not take it: why. `why` is the hub's own word for the kind."""

    def __init__(self, why: str, told: str) -> None:
        super().__init__(told)
        self.why = why


@dataclass(frozen=True, slots=True)
class Refused:
    """A segment that the hub does not take: where it lies now, and why."""

    path: Path
    told: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round of sending did."""

    sent: int = 0
    waiting: int = 0
    refused: tuple[Refused, ...] = ()
    missing: str = ""  # holes that the hub sees in this collector's chain
    stopped: str = ""  # why it ended with segments waiting


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class HubClient:
    """One connection to a hub, whose certificate is pinned by its public key."""

    def __init__(self, url: str, certificate_sha256: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self._at = urlsplit(url)
        self._pin, self._timeout_s = certificate_sha256, timeout_s
        self._link: http.client.HTTPSConnection | None = None

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def ask(
        self, method: str, path: str, *, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """Ask once; a link that was closed meanwhile is opened again.

        Raises:
            HubAwayError: no link, no answer, or another certificate than the pinned one.
        """
        try:
            return self._ask(method, path, body, headers or {})
        except (http.client.HTTPException, OSError) as error:
            self.close()
            raise HubAwayError(
                f"the hub at {self._at.netloc} cannot be reached: {error or type(error).__name__}"
            ) from error

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        fresh = self._link is None
        link = self._link = self._link or self._open()
        try:
            link.request(method, path, body, headers)
            response = link.getresponse()
        except (http.client.BadStatusLine, BrokenPipeError, ConnectionResetError):
            self.close()
            if fresh:
                raise
            return self._ask(method, path, body, headers)  # an idle link that the hub had closed
        answer = response.read(_ANSWER_LIMIT)
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, answer)

    def _open(self) -> http.client.HTTPSConnection:
        context = ssl.create_default_context()
        if self._pin:
            # The pin says more than an authority could: exactly this key, whatever its name.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        link = http.client.HTTPSConnection(
            self._at.hostname or "", self._at.port or 443, timeout=self._timeout_s, context=context
        )
        link.connect()
        assert isinstance(link.sock, ssl.SSLSocket)
        if self._pin and pin_of_der(link.sock.getpeercert(binary_form=True) or b"") != self._pin:
            link.close()
            raise ConnectionError("its certificate is not the one that the ticket named")
        return link


def enrol(ticket: Ticket, collector: str, signer: Signer, now: str) -> Enrolment:
    """Enrol with a hub, once, and check that its log says so.

    Args:
        ticket: as the hub's people handed it over.
        collector: this collector's id.
        signer: its key.
        now: as signed: ISO 8601, Z.

    Raises:
        HubAwayError: the hub cannot be reached.
        HubRefusedError: it does not take this collector.
        ReceiptError: its log does not show the enrolment.
    """
    request = signer.sign(write(ENROLMENT, (collector, ticket.label, signer.key, now)))
    with closing(HubClient(ticket.url, ticket.certificate_sha256)) as client:
        headers = {"Authorization": f"Bearer {ticket.secret}"}
        answer = client.ask("POST", ENROL, body=request, headers=headers)
    if answer.status != 200:
        raise _refusal(answer)
    try:
        held = json.loads(answer.body)
        entry, receipt = str(held["entry"]), str(held["receipt"])
    except (ValueError, KeyError, TypeError) as error:
        raise HubAwayError("the hub's answer cannot be read") from error
    check_receipt(receipt.encode(), entry.encode(), ticket.key)
    if f"\nkey {signer.key}\n" not in entry:
        raise ReceiptError("the hub's log enrols another key")
    return Enrolment(ticket.url, ticket.certificate_sha256, ticket.log_key, now, entry, receipt)


class Uploader:
    """Sends the segments of one spool to one hub."""

    def __init__(self, enrolment: Enrolment, folder: Path, client: HubClient | None = None) -> None:
        """`folder` is the collector's, where the log's last seen head is kept."""
        self._enrolment, self._folder = enrolment, folder
        self._client = client or HubClient(enrolment.url, enrolment.certificate_sha256)

    def close(self) -> None:
        self._client.close()

    def send_waiting(
        self, spool: Path, *, on_sent: Callable[[Path], None] = lambda _: None
    ) -> Sent:
        """Send all that waits, oldest first, until the hub is away or refuses this collector.

        Raises:
            ReceiptError: the hub's receipt does not show what it must. Nothing is deleted.
        """
        sent, refused, missing, stopped = 0, list[Refused](), "", ""
        for path in segment.waiting_in(spool):
            try:
                missing = self.send(path)
            except HubAwayError as away:
                stopped = str(away)
                break
            except HubRefusedError as refusal:
                if refusal.why in _WAITS:
                    stopped = str(refusal)
                    break
                refused.append(_set_aside(path, str(refusal)))
            except DamagedSegmentError as damage:
                refused.append(_set_aside(path, str(damage)))
            except FileNotFoundError:
                continue  # another process sent it
            else:
                sent += 1
                on_sent(path)
        left = len(segment.waiting_in(spool))
        return Sent(sent, left, tuple(refused), missing, stopped)

    def send(self, path: Path) -> str:
        """Send one segment, check the receipt, and delete it. Gives the holes that the hub sees.

        Raises:
            HubAwayError, HubRefusedError, ReceiptError, DamagedSegmentError.
        """
        sealed = path.read_bytes()
        note = segment.note_of(sealed)
        if note is None:
            raise DamagedSegmentError("it is not signed")
        headers = {
            NOTE_HEADER: base64.b64encode(note).decode(),
            "Content-Type": "application/vnd.apache.parquet",
        }
        answer = self._client.ask("PUT", SEGMENTS + path.name, body=sealed, headers=headers)
        if answer.status != 200:
            raise _refusal(answer)
        self._check(answer.body, note)
        path.unlink()
        sync_folder(path.parent)
        return answer.headers.get(MISSING_HEADER.lower(), "")

    def has(self, path: Path) -> bool:
        """Whether the hub shows a receipt for a segment, without sending it."""
        note = segment.note_of(path.read_bytes()) or b""
        digest = read_seal(note.decode().rpartition("\n\n")[0] + "\n").digest.hex()
        answer = self._client.ask("GET", RECEIPTS + digest)
        return answer.status == 200

    def _check(self, receipt: bytes, note: bytes) -> None:
        head = check_receipt(receipt, note, self._enrolment.key)
        seen = enrolments.seen_head(self._folder)
        if seen is not None and seen.size > head.size:
            check_growth(head, seen, self._consistency(head, seen))
            return
        if seen is not None:
            check_growth(seen, head, self._consistency(seen, head))
        enrolments.keep_head(self._folder, receipt.partition(b"\n\n")[2])

    def _consistency(self, old: Checkpoint, new: Checkpoint) -> list[bytes]:
        if old.size in (0, new.size):
            return []
        answer = self._client.ask("GET", f"{CONSISTENCY}?old={old.size}&new={new.size}")
        if answer.status != 200:
            raise ReceiptError("the hub gives no proof that its log only grew")
        try:
            return [base64.b64decode(one, validate=True) for one in json.loads(answer.body)]
        except (ValueError, TypeError, binascii.Error) as error:
            raise ReceiptError("the hub's proof that its log only grew cannot be read") from error


def _refusal(answer: Answer) -> Exception:
    try:
        held = json.loads(answer.body)
        why, told = str(held["why"]), str(held["told"])
    except (ValueError, KeyError, TypeError):
        why, told = "hub", f"the hub answered {answer.status}"
    if answer.status >= 500 or answer.status in (408, 429):
        return HubAwayError(told)
    return HubRefusedError(why, told)


def _set_aside(path: Path, told: str) -> Refused:
    aside = move(path, path.parent / "refused")
    return Refused(aside, f"{path.name} was not taken and lies in {aside.parent}: {told}")
