"""What collector and hub say to each other over HTTPS: paths, headers, tickets, errors."""

import base64
import binascii
import json
from dataclasses import asdict, dataclass

from luzeiro.evidence.verifier.notes import NoteError, VerifierKey, parse_key

ENROL = "/v1/enrol"
SEGMENTS = "/v1/segments/"
RECEIPTS = "/v1/receipts/"
CONSISTENCY = "/v1/consistency"
NOTE_HEADER = "Luzeiro-Note"  # base64 of the segment's signed note
MISSING_HEADER = "Luzeiro-Missing"  # holes in the collector's chain: "3-5, 9-9"
_TICKET = "luzeiro-ticket:"


class TicketError(Exception):
    """Not a ticket: why."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a collector must know to enrol with a hub, handed over by a person, once."""

    url: str  # https://host:port
    certificate_sha256: str  # of the hub's public key (SPKI), hexadecimal; "": a public authority's
    log_key: str  # the log's verifier key
    secret: str
    label: str

    def __str__(self) -> str:
        spelled = json.dumps(asdict(self), separators=(",", ":")).encode()
        return _TICKET + base64.urlsafe_b64encode(spelled).decode().rstrip("=")

    @property
    def key(self) -> VerifierKey:
        return parse_key(self.log_key)

    @classmethod
    def parse(cls, text: str) -> "Ticket":
        """Read a ticket.

        Raises:
            TicketError: it is none, or was cut.
        """
        encoded = text.strip().removeprefix(_TICKET)
        try:
            held = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
            ticket = cls(**{name: str(held[name]) for name in cls.__dataclass_fields__})
            parse_key(ticket.log_key)
        except (binascii.Error, ValueError, KeyError, TypeError, NoteError) as error:
            raise TicketError(
                "this is not a whole ticket: copy the line that 'luzeiro hub ticket' printed"
            ) from error
        if not text.strip().startswith(_TICKET) or not ticket.url.startswith("https://"):
            raise TicketError("this is not a ticket of a hub over HTTPS")
        return ticket


def spelled_holes(missing: tuple[tuple[int, int], ...]) -> str:
    """Holes in a chain as text, at most twenty of them."""
    more = ", …" if len(missing) > 20 else ""
    return ", ".join(f"{first}-{last}" for first, last in missing[:20]) + more
