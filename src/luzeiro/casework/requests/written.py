"""A request as JSON, and back; and its lines as both papers and JSON write them."""

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from luzeiro.casework.paper.instants import parse_utc, utc_text
from luzeiro.casework.paper.rows import SOURCE, Misread, Row, written_row
from luzeiro.casework.requests.document import Kind, Line, Party, RequestDocument
from luzeiro.casework.requests.jurisdictions.table import Basis
from luzeiro.casework.requests.selection import Candidate, Circumstances, Reason

FORMAT = "luzeiro request 1"


def row_of(line: Line, zone: str) -> Row:
    """Write one line."""
    told = line.sighting
    return written_row(
        number=line.number,
        address=told.address,
        port=told.port,
        port_is_source=told.port_is_source,
        seen_at=told.seen_at,
        zone=zone,
    )


def as_told(document: RequestDocument) -> dict[str, object]:
    """The request as JSON can say it."""
    told = document.circumstances
    return {
        "format": FORMAT,
        "reference": document.reference,
        "kind": document.kind.value,
        "country": document.country,
        "language": document.language,
        "made_at": utc_text(document.made_at),
        "unit": _party(document.unit),
        "provider": _party(document.provider),
        "provider_verified_at": utc_text(document.provider_verified_at),
        "order": document.order,
        "basis": [
            {"act": one.act, "article": one.article, "known": one.known} for one in document.basis
        ],
        "lead": str(document.lead),
        "time_zone": document.zone,
        "time_zone_assumed": document.zone_assumed,
        "shared_address": told.shared,
        "provider_keeps_ports": told.keeps_ports,
        "retention_s": round(told.retention.total_seconds()),
        "retention_act": document.retention_act,
        "retention_assumed": document.retention_assumed,
        "lines": [line_told(line, document.zone) for line in document.lines],
        "left_out": {reason.value: count for reason, count in document.left_out},
        "drawn_by": document.drawn_by,
        "sample": document.sample,
    }


def write_json(document: RequestDocument) -> bytes:
    """The request for machines: UTF-8, keys sorted."""
    told = json.dumps(as_told(document), indent=1, sort_keys=True, ensure_ascii=False)
    return (told + "\n").encode()


def sha256_of(document: RequestDocument) -> str:
    """The digest of the JSON form."""
    return hashlib.sha256(write_json(document)).hexdigest()


def read_json(written: bytes | str) -> RequestDocument:
    """Read what `write_json` wrote. Every line is judged again: none is taken on trust.

    Raises:
        Misread: not such a text.
        NotResolvable: a line that no request may hold.
    """
    try:
        told = json.loads(written)
        if told["format"] != FORMAT:
            raise Misread(f"format {told['format']!r} is not {FORMAT!r}")
        return _document(told)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise Misread(f"not a request: {error}") from error


def _document(told: dict[str, Any]) -> RequestDocument:  # Any: as JSON gives it
    made_at = parse_utc(told["made_at"])
    return RequestDocument(
        reference=told["reference"],
        kind=Kind(told["kind"]),
        country=told["country"],
        language=told["language"],
        made_at=made_at,
        unit=Party(**told["unit"]),
        provider=Party(**told["provider"]),
        provider_verified_at=parse_utc(told["provider_verified_at"]),
        order=told["order"],
        basis=tuple(Basis(**one) for one in told["basis"]),
        lead=UUID(told["lead"]),
        zone=told["time_zone"],
        zone_assumed=told["time_zone_assumed"],
        circumstances=Circumstances(
            shared=told["shared_address"],
            anonymising=False,  # no request is made about such an address
            hosting=False,
            keeps_ports=told["provider_keeps_ports"],
            retention=timedelta(seconds=told["retention_s"]),
            now=made_at,
        ),
        retention_act=told["retention_act"],
        retention_assumed=told["retention_assumed"],
        lines=tuple(line_of_told(one) for one in told["lines"]),
        left_out=tuple(
            (reason, told["left_out"][reason]) for reason in Reason if reason in told["left_out"]
        ),
        drawn_by=told["drawn_by"],
        sample=told["sample"],
    )


def _party(party: Party) -> dict[str, str]:
    return {"name": party.name, "contact": party.contact, "reference": party.reference}


def line_told(line: Line, zone: str) -> dict[str, object]:
    """One line as JSON can say it."""
    row, told = row_of(line, zone), line.sighting
    return {
        "line": line.number,
        "address": row.address,
        "port": told.port,
        "port_kind": row.port_kind,
        "at_utc": row.at_utc,
        "at_local": row.at_local,
        "clock_error_s": told.clock_error_s,
        "grade": told.grade,
        "sighting": str(told.sighting_id),
    }


def line_of_told(told: dict[str, Any]) -> Line:  # Any: as JSON gives it
    """Read what `line_told` told."""
    row = Row(
        str(told["line"]),
        told["address"],
        str(told["port"]),
        told["port_kind"],
        told["at_utc"],
        told["at_local"],
    )
    return Line(
        told["line"],
        Candidate(
            sighting_id=UUID(told["sighting"]),
            address=row.address,
            port=told["port"],
            port_is_source=row.port_kind == SOURCE,
            seen_at=row.seen_at(),
            clock_error_s=told["clock_error_s"],
            grade=told["grade"],
        ),
    )
