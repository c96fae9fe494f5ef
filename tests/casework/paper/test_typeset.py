import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from luzeiro.casework.paper.typeset import CannotTypeset, text_of, typeset
from luzeiro.casework.requests.papers import write_pdf
from tests.casework.requests.documents import document

AT = datetime(2026, 11, 26, tzinfo=UTC)
PDF_A = re.compile(rb"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>")


def told(**changes: object) -> dict[str, object]:
    words = {"sample": "SAMPLE!"}
    common = {"title": "T", "author": "A", "footer": "F", "language": "en", "words": words}
    return {**common, "sample": False, "rows": [], **changes}


def test_the_same_values_make_the_same_bytes() -> None:
    assert write_pdf(document()) == write_pdf(document())


def test_a_paper_says_that_it_is_pdf_a_with_tags() -> None:
    pdf = write_pdf(document())
    assert pdf.startswith(b"%PDF-1.7")
    assert PDF_A.search(pdf)


def test_each_page_of_a_sample_says_so_and_no_page_of_a_real_paper_does() -> None:
    rows = [[str(number)] * 6 for number in range(400)]
    for sample in (True, False):
        paper = PdfDocument(typeset("requests", "rows", told(rows=rows, sample=sample), at=AT))
        texts = [page.get_textpage().get_text_range() for page in paper]
        assert len(texts) > 2
        assert ["SAMPLE!" in text for text in texts] == [sample] * len(texts)


# What Typst, LaTeX and HTML would take for markup; and letters of our three languages.
LETTERS = st.text(alphabet="#$[]{}*_`\\/<>@=-+&%\"'~ñçãéü§ºªa1 ", min_size=1, max_size=30)


@settings(max_examples=50, deadline=None)
@given(LETTERS)
def test_what_somebody_else_wrote_is_shown_and_never_read_as_markup(text: str) -> None:
    row = ["|", *[text] * 4, "|"]
    shown = text_of(typeset("requests", "rows", told(rows=[row]), at=AT))
    assert "".join(shown.split()).count("".join(text.split())) >= 4


def test_a_letter_that_no_font_has_is_an_error_and_no_empty_box() -> None:
    with pytest.raises(CannotTypeset):
        typeset("requests", "rows", told(rows=[["\U0001f9ff"] * 6]), at=AT)
