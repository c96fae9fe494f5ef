from datetime import UTC, datetime

import pytest

from luzeiro.casework.paper.rows import Misread, Row, rows_in, written_row

AT = datetime(2026, 11, 26, 4, 37, 31, 123_456, tzinfo=UTC)


def row(*, address: str = "2001:db8::7", source: bool = True) -> Row:
    return written_row(
        number=3, address=address, port=51_413, port_is_source=source, seen_at=AT,
        zone="America/Asuncion",
    )  # fmt: skip


def test_a_row_tells_the_instant_on_both_clocks() -> None:
    assert (row().at_utc, row().at_local) == (
        "2026-11-26T04:37:31.123456Z",
        "2026-11-26T01:37:31.123456-03:00",
    )
    assert row().seen_at() == AT


def test_the_port_is_told_with_what_it_is() -> None:
    assert [row(source=source).port_kind for source in (True, False)] == ["SRC", "LST"]


def test_rows_are_found_among_other_lines_of_a_text() -> None:
    one, two = row(), row(address="192.0.2.7")
    lines = [" ".join([*(getattr(held, name) for name in Row.__slots__)]) for held in (one, two)]
    assert rows_in("\n".join(["A report", lines[0], "3 of 4", lines[1], ""])) == [one, two]


@pytest.mark.parametrize("local", ["2026-11-26T02:37:31.123456-03:00", "yesterday"])
def test_clocks_that_differ_are_found(local: str) -> None:
    told = row()
    wrong = Row(told.number, told.address, told.port, told.port_kind, told.at_utc, local)
    with pytest.raises(Misread):
        wrong.seen_at()
