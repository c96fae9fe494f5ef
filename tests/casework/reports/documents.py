"""Reports for tests: invented, in documentation ranges."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from luzeiro.casework.reports.document import (
    CastVote,
    FileSeen,
    Install,
    Network,
    Party,
    ReportDocument,
    SealedSegment,
    Statement,
)
from luzeiro.observations.grade import Grade
from luzeiro.places.flags import Flag

NOW = datetime(2026, 11, 26, 4, 37, 31, 123_456, tzinfo=UTC)
FIRST = NOW - timedelta(days=20)


def vote(source: str = "Invented body", *, authority: bool = True) -> CastVote:
    return CastVote(
        source=source, authority=authority, category="caid-uk:A", list_name="list-7.json",
        revision=7, entered_at=FIRST - timedelta(days=90),
    )  # fmt: skip


def file(number: int = 1, grade: Grade = Grade.STATED, **changes: object) -> FileSeen:
    told: dict[str, object] = {
        "number": number,
        "identifier_kind": "btih",
        "identifier": "eeeeeeee…",
        "category": "caid-uk:A",
        "grade": grade,
        "completeness": 100.0,
        "sightings": 2,
        "first_seen_at": FIRST,
        "last_seen_at": NOW - timedelta(days=1),
        "votes": (vote(),),
        **changes,
    }
    return FileSeen(**told)  # type: ignore[arg-type]


def statement(number: int = 1, /, **changes: object) -> Statement:
    told: dict[str, object] = {
        "number": number,
        "sighting": UUID(int=number),
        "address": "2001:db8::7",
        "port": 51_413,
        "port_is_source": number % 2 == 0,
        "seen_at": FIRST + timedelta(hours=11 * (number - 1)),
        "clock_error_s": 0.05,
        "network": "bittorrent",
        "grade": Grade.STATED,
        "completeness": 100.0,
        "file": 1,
        "segment": 1,
        "position": number,
        **changes,
    }
    return Statement(**told)  # type: ignore[arg-type]


def network(**changes: object) -> Network:
    told: dict[str, object] = {
        "country": "AR",
        "region": "AR-C",
        "city": "Buenos Aires",
        "radius_km": 20.0,
        "asn": 64_496,
        "organisation": "Sample provider",
        "table": "sample table 2026-11",
        "flags": (Flag.CARRIER_GRADE_NAT,),
        **changes,
    }
    return Network(**told)  # type: ignore[arg-type]


def document(language: str = "es", **changes: object) -> ReportDocument:
    """A report of two files, one corroborated, and three records."""
    told: dict[str, object] = {
        "reference": "AR-2026-R0000000001",
        "language": language,
        "as_of": NOW,
        "unit": Party("Sample unit", "unit@example.org"),
        "drawn_by": "Sample officer",
        "lead": UUID(int=99),
        "lead_state": "worked",
        "expired": False,
        "address": "2001:db8::7",
        "zone": "America/Argentina/Buenos_Aires",
        "zone_assumed": False,
        "first_seen_at": FIRST,
        "last_seen_at": NOW - timedelta(days=1),
        "days": 3,
        "sightings_in_all": 3,
        "files_in_all": ((Grade.CORROBORATED, 1), (Grade.STATED, 1)),
        "network": network(),
        "resolvable": True,
        "doubts": ("no source port",),
        "files": (file(1), file(2, Grade.CORROBORATED, completeness=None, votes=())),
        "installs": (Install("user_hash", "ab" * 16, True, "Invented 1.0"),),
        "segments": (
            SealedSegment(number=1, sha256="cd" * 32, seal="ef" * 32, log_index=12),
            SealedSegment(number=2, sha256="12" * 32, seal=None, log_index=None),
        ),
        "statements": (
            statement(1),
            statement(2, file=2, grade=Grade.CORROBORATED, segment=2),
            statement(3, file=None, clock_error_s=None, completeness=None),
        ),
        "software": "luzeiro 0",
        "sample": True,
        **changes,
    }
    return ReportDocument(**told)  # type: ignore[arg-type]
