import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luzeiro.casework.paper.phrases import LANGUAGES
from luzeiro.casework.paper.rows import Misread
from luzeiro.casework.reports.document import Overstated
from luzeiro.casework.reports.written import (
    FORMAT,
    as_told,
    read_json,
    rows_of,
    sentences,
    sha256_of,
    write_json,
)
from tests.casework.reports.documents import FIRST, document, statement

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(
    st.sampled_from(LANGUAGES),
    st.lists(st.integers(0, 19 * 86_400 * 10**6 - 1), min_size=1, max_size=9),
    st.sampled_from(["192.0.2.7", "2001:db8::7"]),
    st.integers(0, 65_535),
    st.none() | st.floats(0, 100),
)
def test_any_report_reads_back_from_json_as_it_was(
    language: str, ages_us: list[int], address: str, port: int, share: float | None
) -> None:
    listed = tuple(
        statement(
            number, address=address, port=port, completeness=share,
            seen_at=FIRST + timedelta(microseconds=age),
        )
        for number, age in enumerate(ages_us, start=1)
    )  # fmt: skip
    made = document(language, address=address, statements=listed, sightings_in_all=99)
    assert read_json(write_json(made)) == made


def changed(path: list[str | int], value: object) -> str:
    told = json.loads(write_json(document()))
    held = told
    for step in path[:-1]:
        held = held[step]
    held[path[-1]] = value
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["rows", 0, "at_local"], "2026-11-06T01:37:31.123456-02:00"),
        (["rows", 0, "port"], "1"),
        (["sentences", "observed", 0], "It distributed."),
        (["report", "statements", 0, "port"], 1),
        (["report", "days"], 300),
        (["report", "more"], "than there is"),
        (["format"], "luzeiro report 0"),
        (["report", "as_of"], "yesterday"),
        (["report", "statements", 0, "grade"], "certain"),
    ],
)
def test_a_value_that_was_changed_afterwards_is_found(path: list[str | int], value: object) -> None:
    with pytest.raises(Misread):
        read_json(changed(path, value))


def test_a_report_read_back_is_checked_again() -> None:
    with pytest.raises((Misread, Overstated), match="another address"):
        read_json(changed(["report", "address"], "192.0.2.99"))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}'])
def test_another_text_is_no_report(text: str) -> None:
    with pytest.raises(Misread):
        read_json(text)


def test_every_instant_is_in_utc_and_every_row_has_both_clocks() -> None:
    made = document()
    told = as_told(made)
    assert told["format"] == FORMAT
    assert '"as_of": "2026-11-26T04:37:31.123456Z"' in write_json(made).decode()
    assert [row.seen_at() for row in rows_of(made)] == [one.seen_at for one in made.statements]
    assert set(sentences(made)) == {
        "observed", "reach", "limits", "method", "clock", "when", "scope",
    }  # fmt: skip


def test_the_digest_is_that_of_the_json_form() -> None:
    assert sha256_of(document()) == sha256_of(document())
    assert sha256_of(document()) != sha256_of(document("en"))
