"""Leads, providers, requests and answers for tests that go through the database."""

from datetime import UTC, datetime, timedelta

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.paper.instants import utc_text
from luzeiro.casework.requests.document import Kind
from luzeiro.casework.requests.models import Provider, Request, Return
from luzeiro.casework.requests.returns import Answer
from luzeiro.casework.requests.services import approve, draw_up, take, take_in, verify_provider
from luzeiro.casework.requests.written import read_json
from tests.casework.world import ARGENTINA, NOW, a_lead, seen

ASN = ARGENTINA.asn or 0
# Views read the clock: their leads must be fresh on the day on which the tests run.
TODAY = datetime.now(UTC).replace(microsecond=0)


def provider(by: Officer, **changes: object) -> Provider:
    told: dict[str, object] = {
        "asn": ASN,
        "country": "AR",
        "organisation": "Invented provider",
        "contact": "legal@example.net",
        "retention_days": None,
        "keeps_ports": False,
        "now": NOW,
        **changes,
    }
    return verify_provider(by=by, **told)  # type: ignore[arg-type]


def lead(*, address: str = "192.0.2.1", at: datetime = NOW, days: int = 3) -> Lead:
    """A lead seen on so many days, the last of them yesterday."""
    found = [seen(address, ago=NOW - at + timedelta(days=number)) for number in range(1, days + 1)]
    return a_lead(*found, at=at)


def request(of: Lead, by: Officer, *, kind: Kind = Kind.SUBSCRIBER, at: datetime = NOW) -> Request:
    return draw_up(lead=of, kind=kind, language="es", by=by, now=at)


def sent(of: Lead, *, by: Officer, approver: Officer, at: datetime = NOW) -> Request:
    """A request that left."""
    made = request(of, by, at=at)
    approve(request=made, by=approver, now=at)
    take(request=made, form="pdf", by=approver, now=at)
    return Request.objects.get(pk=made.pk)


def answers(of: Request, **changes: str) -> list[Answer]:
    """An answer to every line that repeats what was asked."""
    return [
        Answer(
            **{
                "reference": of.reference,
                "line": str(line.number),
                "address": line.sighting.address,
                "port": str(line.sighting.port),
                "at": utc_text(line.sighting.seen_at),
                "name": "Sample Person",
                "document": "00.000.000",
                "installation_address": "Sample Street 1",
                "billing_address": "Other Street 2",
                **changes,
            }
        )
        for line in read_json(of.document).lines
    ]


def returned(of: Request, by: Officer, on: datetime = NOW, /, **changes: str) -> Return:
    return take_in(
        request=of, raw=b"raw", answers=answers(of, **changes), form="csv", by=by, now=on
    )
