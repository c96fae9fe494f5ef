import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.casework.paper.rows import Misread, rows_in
from luzeiro.casework.requests.document import Kind, Line, NotResolvable
from luzeiro.casework.requests.jurisdictions.table import jurisdictions
from luzeiro.casework.requests.written import (
    as_told,
    read_json,
    row_of,
    sha256_of,
    write_json,
)
from tests.casework.requests.documents import NOW, candidate, document

# How fast examples come depends on what else the machine does.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(
    st.sampled_from(sorted(jurisdictions())),
    st.sampled_from(list(Kind)),
    st.lists(st.integers(0, 170 * 86_400 * 10**6), min_size=1, max_size=10),
    st.sampled_from(["192.0.2.7", "2001:db8::7"]),
    st.integers(1, 65_535),
)
def test_any_request_reads_back_from_json_as_it_was(
    country: str, kind: Kind, ages_us: list[int], address: str, port: int
) -> None:
    sightings = [
        candidate(address=address, port=port, seen_at=NOW - timedelta(microseconds=age))
        for age in ages_us
    ]
    lines = tuple(Line(number, one) for number, one in enumerate(sightings, start=1))
    made = document(country, kind=kind, lines=lines)
    assert read_json(write_json(made)) == made


def test_a_request_read_back_is_judged_again() -> None:
    told = json.loads(write_json(document()))
    told["lines"][0]["clock_error_s"] = 60.0
    with pytest.raises(NotResolvable, match="line 1: clock"):
        read_json(json.dumps(told))


def test_two_clocks_that_differ_are_found() -> None:
    told = json.loads(write_json(document()))
    told["lines"][0]["at_local"] = told["lines"][0]["at_local"].replace("-03:00", "-02:00")
    with pytest.raises(Misread, match=r"line 1: .* is not"):
        read_json(json.dumps(told))


@UNHURRIED
@given(st.data())
def test_a_request_with_one_changed_letter_is_refused_or_another(data: st.DataObject) -> None:
    made = document()
    written = write_json(made).decode()
    place = data.draw(st.integers(0, len(written) - 1))
    letter = data.draw(st.characters(codec="ascii", exclude_categories=["Cc"]))
    changed = written[:place] + letter + written[place + 1 :]
    try:
        read = read_json(changed)
    except (ValueError, OverflowError):
        return
    assert read == made or write_json(read) != write_json(made)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format": "another"}'])
def test_what_is_no_request_is_misread(text: str) -> None:
    with pytest.raises(Misread):
        read_json(text)


def test_rows_are_found_among_other_text() -> None:
    row = row_of(Line(1, candidate(address="2001:db8::7")), "America/Sao_Paulo")
    text = f"Title\n{' '.join(vars_of(row))}\nother words 192.0.2.7 2026\n"
    assert rows_in(text) == [row]
    assert row.seen_at() == NOW - timedelta(days=1)


def vars_of(row: object) -> list[str]:
    return [getattr(row, name) for name in row.__slots__]  # type: ignore[attr-defined]


def test_the_digest_is_of_what_is_written() -> None:
    assert sha256_of(document()) == sha256_of(document())
    assert sha256_of(document()) != sha256_of(document(reference="AR-2026-000002"))
    assert as_told(document())["format"] == "luzeiro request 1"
