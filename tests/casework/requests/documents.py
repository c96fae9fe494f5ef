"""Requests for tests: invented, in documentation ranges."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from luzeiro.casework.requests.document import Kind, Line, Party, RequestDocument
from luzeiro.casework.requests.jurisdictions.table import jurisdictions
from luzeiro.casework.requests.selection import Candidate, Circumstances, Reason

NOW = datetime(2026, 11, 26, 4, 37, 31, 123_456, tzinfo=UTC)


def candidate(number: int = 1, /, **changes: object) -> Candidate:
    """A resolvable sighting, `number` days before now."""
    told: dict[str, object] = {
        "sighting_id": UUID(int=number),
        "address": "192.0.2.7",
        "port": 51_413,
        "port_is_source": True,
        "seen_at": NOW - timedelta(days=number),
        "clock_error_s": 0.05,
        "grade": "stated",
        **changes,
    }
    return Candidate(**told)  # type: ignore[arg-type]


def circumstances(**changes: object) -> Circumstances:
    told: dict[str, object] = {
        "shared": False,
        "anonymising": False,
        "hosting": False,
        "keeps_ports": False,
        "retention": timedelta(days=180),
        "now": NOW,
        **changes,
    }
    return Circumstances(**told)  # type: ignore[arg-type]


def document(
    country: str = "AR", language: str | None = None, **changes: object
) -> RequestDocument:
    """A request of two lines."""
    law = jurisdictions()[country]
    language = language or law.languages[0]
    told: dict[str, object] = {
        "reference": f"{country}-2026-000001",
        "kind": Kind.SUBSCRIBER,
        "country": country,
        "language": language,
        "made_at": NOW,
        "unit": Party("Sample unit", "unit@example.org"),
        "provider": Party("Sample provider", "legal@example.net", "AS64496"),
        "provider_verified_at": NOW - timedelta(days=30),
        "order": law.subscriber.order[language],
        "basis": law.subscriber.basis,
        "lead": UUID(int=99),
        "zone": law.usual_zone,
        "zone_assumed": False,
        "circumstances": circumstances(),
        "retention_act": law.retention.act,
        "retention_assumed": True,
        "lines": (Line(1, candidate(2)), Line(2, candidate(1))),
        "left_out": ((Reason.CLOCK, 3), (Reason.NOT_NEEDED, 12)),
        "drawn_by": "Sample officer",
        "sample": True,
        **changes,
    }
    return RequestDocument(**told)  # type: ignore[arg-type]
