"""What is typeset reads back as what was meant: address, port and instant, in every zone."""

from dataclasses import replace
from random import Random

import pytest

from luzeiro.casework.paper.rows import Misread, rows_in
from luzeiro.casework.paper.typeset import text_of
from luzeiro.casework.requests import papers
from luzeiro.casework.requests.document import Kind, Line
from luzeiro.casework.requests.jurisdictions.table import jurisdictions
from luzeiro.casework.requests.papers import rows_of, seal
from tests.casework.requests.documents import document
from tests.casework.requests.triples import misread_of, triples


@pytest.mark.parametrize("seed", range(4))
def test_addresses_ports_and_instants_read_back_from_pdf_with_no_mismatch(seed: int) -> None:
    # A thousand lines to a paper; `make fuzz` does the same with a hundred thousand.
    assert misread_of(list(triples(Random(seed), 1000))) == []


@pytest.mark.parametrize("country", sorted(jurisdictions()))
@pytest.mark.parametrize("kind", Kind)
def test_a_request_of_each_country_is_sealed_in_each_of_its_languages(
    country: str, kind: Kind
) -> None:
    for language in jurisdictions()[country].languages:
        made = document(country, language, kind=kind)
        sealed = seal(made)
        text = text_of(sealed.pdf)
        assert rows_in(text) == rows_of(made)
        assert sealed.sha256 in text
        assert made.reference in text
        assert "AS64496" in text


def test_what_is_not_sourced_is_printed_as_to_be_confirmed() -> None:
    text = " ".join(text_of(seal(document("EC")).pdf).split())
    assert "a confirmar por la asesoría jurídica de la unidad" in text
    assert "a confirmar" not in " ".join(text_of(seal(document("BR")).pdf).split())


def test_a_pdf_that_says_another_port_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    made = document()
    first = made.lines[0]
    other = replace(made, lines=(Line(1, replace(first.sighting, port=1)), *made.lines[1:]))
    monkeypatch.setattr(papers, "write_pdf", lambda _: papers_write(other))
    with pytest.raises(Misread, match="PDF does not read back"):
        seal(made)


papers_write = papers.write_pdf
