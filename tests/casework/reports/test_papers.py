import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from luzeiro.casework.paper.phrases import LANGUAGES, phrases
from luzeiro.casework.paper.rows import Misread, rows_in
from luzeiro.casework.paper.typeset import text_of
from luzeiro.casework.reports import papers
from luzeiro.casework.reports.document import ReportDocument
from luzeiro.casework.reports.papers import seal, squeezed, write_pdf
from luzeiro.casework.reports.wording import vouched
from luzeiro.casework.reports.written import rows_of
from luzeiro.places.flags import Flag
from tests.casework.reports.documents import document, network, statement

AS_IT_IS: Callable[[ReportDocument], bytes] = papers.write_pdf


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_is_sealed_in_each_language_with_all_that_it_tells(language: str) -> None:
    made = document(language)
    sealed = seal(made)
    text = text_of(sealed.pdf)
    assert rows_in(text) == rows_of(made)
    assert sealed.sha256 in text
    flat = squeezed(text)
    for wanted in (
        made.reference, "AS64496", "Sample provider", "sample table 2026-11", "20 km",
        "Buenos Aires",
        "ab" * 16, "cd" * 32, "ef" * 32, "12" * 32, "1:1", "2:2", "eeeeeeee…", "luzeiro 0",
        phrases("reports", language)["sample"], *vouched(made.files[0], language),
        *(str(one.sighting) for one in made.statements),
    ):  # fmt: skip
        assert squeezed(wanted) in flat, wanted
    assert "None" not in text


def test_a_report_is_pdf_a_and_the_same_values_make_the_same_bytes() -> None:
    pdf = write_pdf(document())
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert pdf == write_pdf(document())


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_known_is_said_and_not_left_empty(language: str) -> None:
    nowhere = network(
        country="", region="", city="", radius_km=None, asn=None, organisation="", table="",
        flags=(),
    )  # fmt: skip
    text = text_of(write_pdf(document(language, network=nowhere, expired=True, installs=())))
    words = phrases("reports", language)
    assert text.count(words["unknown"]) >= 6
    assert squeezed(words["flag_none"]) in squeezed(text)
    assert squeezed(words["expired"]) in squeezed(text)
    assert words["installs"] not in re.sub(r"\(.*?\)", "", text)


@pytest.mark.parametrize("flag", Flag)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_flag_of_an_address_has_its_word(flag: Flag, language: str) -> None:
    assert phrases("reports", language)[f"flag_{flag.name.lower()}"]


def test_two_hundred_records_read_back() -> None:
    many = tuple(
        replace(statement(1), number=number, position=number, port=number)
        for number in range(1, 201)
    )
    made = document("en", statements=many, sightings_in_all=10_000)
    assert rows_in(text_of(seal(made).pdf)) == rows_of(made)


def test_a_pdf_that_says_another_port_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    made = document()
    first, *rest = made.statements
    other = replace(made, statements=(replace(first, port=1), *rest))
    monkeypatch.setattr(papers, "write_pdf", lambda _: AS_IT_IS(other))
    with pytest.raises(Misread, match="PDF does not read back"):
        seal(made)


def test_a_pdf_that_says_other_words_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    made = document()
    monkeypatch.setattr(papers, "write_pdf", lambda _: AS_IT_IS(replace(made, resolvable=False)))
    with pytest.raises(Misread, match="lacks the sentence"):
        seal(made)
