"""A request as PDF/A; and the proof that both its forms say the same, made each time anew."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import datetime

from luzeiro.casework.paper.instants import RULES, utc_text
from luzeiro.casework.paper.phrases import decimal, phrases
from luzeiro.casework.paper.rows import Row
from luzeiro.casework.paper.sealed import Sealed
from luzeiro.casework.paper.typeset import typeset
from luzeiro.casework.requests.document import Line, RequestDocument
from luzeiro.casework.requests.jurisdictions.table import jurisdictions
from luzeiro.casework.requests.written import read_json, row_of, sha256_of, write_json


def seal(document: RequestDocument) -> Sealed:
    """Write both forms, read both back, and compare.

    Raises:
        Misread: a form does not read back as what was written: it must not leave.
        CannotTypeset: the PDF cannot be laid out.
    """
    sealed = Sealed(write_pdf(document), write_json(document), sha256_of(document))
    sealed.proven(
        document,
        read_json=read_json,
        rows=rows_of(document),
        instants=[line.sighting.seen_at for line in document.lines],
    )
    return sealed


def rows_of(document: RequestDocument) -> list[Row]:
    """The lines as text."""
    return [row_of(line, document.zone) for line in document.lines]


def write_pdf(document: RequestDocument) -> bytes:
    """Lay the request out, in its own language."""
    return typeset("requests", "request", _told(document), at=document.made_at)


def write_rows(rows: Sequence[Row], *, at: datetime) -> bytes:
    """Lay out rows alone, on the template's own table: for many at once."""
    told = {
        **_common("en", "rows", "rows", at),
        "rows": [astuple(row) for row in rows],
        "sample": True,
    }
    return typeset("requests", "rows", told, at=at, tagged=False)


def _common(language: str, title: str, footer: str, at: datetime) -> dict[str, object]:
    return {
        "words": dict(phrases("requests", language)),
        "language": language,
        "title": title,
        "author": "Luzeiro",
        "footer": footer,
        "made_at": utc_text(at),
    }


def _told(document: RequestDocument) -> dict[str, object]:
    words = phrases("requests", document.language)
    title = words[f"title_{document.kind}"]
    digest = sha256_of(document)
    return {
        **_common(document.language, title, f"{document.reference} · {digest}", document.made_at),
        "reference": document.reference,
        "country": jurisdictions()[document.country].name[document.language],
        "unit": [document.unit.name, document.unit.contact],
        "provider": list(astuple(document.provider)),
        "verified_on": document.provider_verified_at.date().isoformat(),
        "order": document.order,
        "basis": [_basis(one.act, one.article, one.known, words) for one in document.basis],
        "asked": words[f"asked_{document.kind}"],
        "zone": words["zone"].format(zone=document.zone)
        + (" " + words["zone_assumed"] if document.zone_assumed else ""),
        "rules": words["zone_rules"].format(rules=RULES),
        "ports": words["ports_shared" if document.circumstances.shared else "ports_single"],
        "rows": [astuple(row) for row in rows_of(document)],
        "rests": [
            [
                str(line.number),
                str(line.sighting.sighting_id),
                words[f"grade_{line.sighting.grade}"],
                _clock(line, words),
            ]
            for line in document.lines
        ],
        "left_out": [
            [words[f"reason_{reason.name.lower()}"], str(count)]
            for reason, count in document.left_out
        ],
        "retention": words["retention_assumed" if document.retention_assumed else "retention"]
        .format(
            days=document.circumstances.retention.days,
            act=document.retention_act or words["unknown"],
            first=utc_text(document.first_lost_at),
            last=utc_text(document.last_lost_at),
        ),
        "drawn_by": document.drawn_by,
        "lead": str(document.lead),
        "sample": document.sample,
    }  # fmt: skip


def _clock(line: Line, words: Mapping[str, str]) -> str:
    error_s = line.sighting.clock_error_s
    assert error_s is not None  # selection.py leaves out what nothing bounds
    return decimal(error_s, ".3f", words)


def _basis(act: str, article: str, known: bool, words: Mapping[str, str]) -> str:
    told = f"{act}, {article}" if article else act
    return told if known else f"{told} [{words['unconfirmed']}]"
