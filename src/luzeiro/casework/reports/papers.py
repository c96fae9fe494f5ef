"""A report as PDF/A; and the proof that both its forms say the same, made each time anew."""

from collections.abc import Mapping
from dataclasses import astuple

from luzeiro.casework.paper.instants import utc_text
from luzeiro.casework.paper.phrases import decimal, phrases
from luzeiro.casework.paper.rows import Misread
from luzeiro.casework.paper.sealed import Sealed
from luzeiro.casework.paper.typeset import typeset
from luzeiro.casework.reports import wording
from luzeiro.casework.reports.document import FileSeen, ReportDocument
from luzeiro.casework.reports.written import (
    read_json,
    rows_of,
    sentences,
    sha256_of,
    write_json,
)


def seal(document: ReportDocument) -> Sealed:
    """Write both forms, read both back, and compare.

    Raises:
        Misread: a form does not read back as what was written: it must not leave.
        CannotTypeset: the PDF cannot be laid out.
    """
    sealed = Sealed(write_pdf(document), write_json(document), sha256_of(document))
    text = sealed.proven(
        document,
        read_json=read_json,
        rows=rows_of(document),
        instants=[one.seen_at for one in document.statements],
    )
    flat = squeezed(text)
    for told in sentences(document).values():
        for sentence in told:
            if squeezed(sentence) not in flat:
                raise Misread(f"the PDF lacks the sentence {sentence!r}")
    return sealed


def squeezed(text: str) -> str:
    """A text without spaces: a page breaks its lines where it likes."""
    return "".join(text.split())


def write_pdf(document: ReportDocument) -> bytes:
    """Lay the report out, in its own language."""
    return typeset("reports", "lead", _told(document), at=document.as_of)


def _told(document: ReportDocument) -> dict[str, object]:
    words = phrases("reports", document.language)
    network = document.network
    return {
        "words": dict(words),
        "language": document.language,
        "title": words["title"],
        "author": document.unit.name,
        "footer": f"{document.reference} · {sha256_of(document)}",
        "sample": document.sample,
        "expired": document.expired,
        "reference": document.reference,
        "made_at": utc_text(document.as_of),
        "unit": [part for part in (document.unit.name, document.unit.contact) if part],
        "drawn_by": document.drawn_by,
        "lead": str(document.lead),
        "address": document.address,
        **sentences(document),
        "network": [
            [words["network_country"], _joined(words, network.country, network.region)],
            [words["network_city"], network.city or words["unknown"]],
            [
                words["network_radius"],
                words["unknown"]
                if network.radius_km is None
                else f"{decimal(network.radius_km, 'g', words)} km",
            ],
            [words["network_asn"], words["unknown"] if network.asn is None else f"AS{network.asn}"],
            [words["network_organisation"], network.organisation or words["unknown"]],
            [
                words["network_flags"],
                ", ".join(words[f"flag_{one.name.lower()}"] for one in network.flags)
                or words["flag_none"],
            ],
            [words["network_table"], network.table or words["unknown"]],
        ],
        "files": [_file(one, document.language, words) for one in document.files],
        "installs": [
            [one.kind, one.value, words["yes" if one.durable else "no"], one.client]
            for one in document.installs
        ],
        "rows": [astuple(row) for row in rows_of(document)],
        "rests": _rests(document, words),
        "segments": [
            [
                str(one.number),
                one.sha256,
                one.seal or words["unknown"],
                words["log_none"] if one.log_index is None else str(one.log_index),
            ]
            for one in document.segments
        ],
        "software": document.software,
    }


def _file(one: FileSeen, language: str, words: Mapping[str, str]) -> list[object]:
    return [
        str(one.number),
        one.identifier_kind,
        one.identifier,
        wording.category(one.category, language),
        words[f"grade_{one.grade}"],
        _measured(one.completeness, "%", words),
        str(one.sightings),
        wording.vouched(one, language),
    ]


def _rests(document: ReportDocument, words: Mapping[str, str]) -> list[list[str]]:
    return [
        [
            str(one.number),
            str(one.sighting),
            one.network,
            words["file_unlisted"] if one.file is None else str(one.file),
            words[f"grade_{one.grade}"],
            _measured(one.completeness, "%", words),
            words["unbounded"]
            if one.clock_error_s is None
            else decimal(one.clock_error_s, ".3f", words),
            f"{one.segment}:{one.position}",
        ]
        for one in document.statements
    ]


def _measured(number: float | None, unit: str, words: Mapping[str, str]) -> str:
    return words["unknown"] if number is None else f"{decimal(number, 'g', words)} {unit}"


def _joined(words: Mapping[str, str], *parts: str) -> str:
    return ", ".join(part for part in parts if part) or words["unknown"]
