"""A report as JSON, and back: every value of the object, and the sentences that follow."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec

from luzeiro.casework.paper.instants import utc_text
from luzeiro.casework.paper.rows import Misread, Row, written_row
from luzeiro.casework.reports import wording
from luzeiro.casework.reports.document import ReportDocument

FORMAT = "luzeiro report 1"


def rows_of(document: ReportDocument) -> list[Row]:
    """The listed records as text: number, address, port, and the instant on both clocks."""
    return [
        written_row(
            number=one.number,
            address=one.address,
            port=one.port,
            port_is_source=one.port_is_source,
            seen_at=one.seen_at,
            zone=document.zone,
        )
        for one in document.statements
    ]


def sentences(document: ReportDocument) -> dict[str, list[str]]:
    """Everything that the report says in words."""
    return {
        "observed": wording.observed(document),
        "reach": wording.reach(document),
        "limits": wording.limits(document),
        "method": wording.method(document),
        "clock": [wording.clock(document)],
        "when": [wording.when(document)],
        "scope": wording.scope(document),
    }


def as_told(document: ReportDocument) -> dict[str, object]:
    """The report as JSON can say it."""
    plain = msgspec.to_builtins(document, builtin_types=(datetime,))
    return {
        "format": FORMAT,
        "report": plain,
        "sentences": sentences(document),
        "rows": [asdict(row) for row in rows_of(document)],
    }


def write_json(document: ReportDocument) -> bytes:
    """The report for machines: UTF-8, keys sorted, instants as ISO 8601 in UTC."""
    told = json.dumps(
        as_told(document), indent=1, sort_keys=True, ensure_ascii=False, default=_instant
    )
    return (told + "\n").encode()


def sha256_of(document: ReportDocument) -> str:
    """The digest of the JSON form."""
    return hashlib.sha256(write_json(document)).hexdigest()


def read_json(written: bytes | str) -> ReportDocument:
    """Read what `write_json` wrote, and nothing looser: it is checked again, and written again.

    Raises:
        Misread: not such a text, or its sentences and rows are not those of its values.
    """
    raw = written.encode() if isinstance(written, str) else written
    try:
        told: dict[str, Any] = json.loads(raw)  # Any: as JSON gives it
        if told["format"] != FORMAT:
            raise Misread(f"format {told['format']!r} is not {FORMAT!r}")
        document = msgspec.convert(told["report"], ReportDocument)
    except (KeyError, TypeError, json.JSONDecodeError, msgspec.ValidationError) as error:
        raise Misread(f"not a report: {error}") from error
    if write_json(document) != raw:
        raise Misread("its sentences or rows are not those of its values")
    return document


def _instant(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} is nothing that a report tells")
    return utc_text(value)
