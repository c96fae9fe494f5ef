"""A paper leaves only when both its forms read back as what was written."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from luzeiro.casework.paper.rows import Misread, Row, written_row
from luzeiro.casework.paper.sealed import Sealed
from luzeiro.casework.requests.papers import write_rows

AT = datetime(2026, 11, 26, 4, 37, 31, 123_456, tzinfo=UTC)
WRITTEN = {"lead": "1"}


def rows(*ports: int) -> list[Row]:
    return [
        written_row(
            number=number, address="192.0.2.7", port=port, port_is_source=True, seen_at=AT,
            zone="America/Asuncion",
        )
        for number, port in enumerate(ports, 1)
    ]  # fmt: skip


def sealed(*, json_says: object = WRITTEN) -> Sealed:
    return Sealed(write_rows(rows(4711, 51_413), at=AT), json.dumps(json_says).encode(), "ab" * 32)


def proven(paper: Sealed, wanted: list[Row], instants: list[datetime]) -> str:
    return paper.proven(WRITTEN, read_json=json.loads, rows=wanted, instants=instants)


def test_a_paper_whose_forms_say_the_same_gives_its_text() -> None:
    assert "51413 SRC 2026-11-26T04:37:31.123456Z" in proven(sealed(), rows(4711, 51_413), [AT, AT])


def test_a_json_that_says_something_else_is_misread() -> None:
    with pytest.raises(Misread, match="the JSON"):
        proven(sealed(json_says={"lead": "2"}), rows(4711, 51_413), [AT, AT])


@pytest.mark.parametrize("ports", [(4711,), (51_413, 4711), (4711, 51_414), (4711, 51_413, 1)])
def test_a_pdf_that_has_other_lines_is_misread(ports: tuple[int, ...]) -> None:
    with pytest.raises(Misread, match="the PDF"):
        proven(sealed(), rows(*ports), [AT] * len(ports))


def test_a_line_that_tells_another_instant_than_the_document_is_misread() -> None:
    with pytest.raises(Misread, match="line 2 tells another instant"):
        proven(sealed(), rows(4711, 51_413), [AT, AT + timedelta(microseconds=1)])
