import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luzeiro.casework.operations.editions import Edition
from luzeiro.casework.operations.outcomes import Device, Entry, What, figures
from luzeiro.casework.operations.written import (
    editions_told,
    figures_told,
    read_figures,
    write_figures,
)
from luzeiro.casework.paper.rows import Misread
from tests.casework.operations.test_papers import AT, of_reference

ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["AR", "BR", "PY"]),
        st.sampled_from(list(What)),
        st.sampled_from(list(Device)),
        st.integers(1, 1000),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(ENTRIES, st.sampled_from(["", "AR", "BR"]))
def test_any_figures_read_back_from_json_as_they_were(
    drawn: list[tuple[str, What, Device, int]], country: str
) -> None:
    ledger = [
        Entry(number=number, target="x", country=code, what=what,
              detail=kind.value if what is What.DEVICE else "", count=count, recorded_at=AT,
              corrects=None)
        for number, (code, what, kind, count) in enumerate(drawn)
    ]  # fmt: skip
    found = figures(ledger, as_of=AT, scope="Luz IX", country=country)
    assert read_figures(write_figures(found, sample=True)) == found
    assert set(found.counts) <= {country} or not country


def test_every_figure_says_when_and_of_what() -> None:
    told: dict[str, Any] = figures_told(of_reference(), sample=True)
    listed = [*told["figures"], *told["by_country"], *told["devices"]]
    listed += told["measured_errors"].values()
    assert {(one["as_of"], one["scope"]) for one in listed} == {
        ("2026-12-03T18:00:00.000000Z", "Luz IX")
    }
    assert told["time_zone"] == "UTC"


def test_a_sum_that_is_not_that_of_its_parts_is_found() -> None:
    told = json.loads(write_figures(of_reference(), sample=True))
    next(one for one in told["figures"] if one["what"] == "arrest")["count"] = 67
    changed = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    with pytest.raises(Misread, match="sums"):
        read_figures(changed.encode())


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b'{"filters": {}}'])
def test_another_text_is_no_report(text: bytes) -> None:
    with pytest.raises(Misread):
        read_figures(text)


def test_an_edition_tells_its_counts_and_how_often_an_address_was_wrong() -> None:
    edition = Edition("IX", date(2026, 12, 3), of_reference())
    told: dict[str, Any] = editions_told([edition], name="Luz", unit="Buenos Aires")
    assert told["filters"] == {"operation": "Luz", "taken_part_in_by": "Buenos Aires"}
    (one,) = told["editions"]
    assert (one["edition"], one["on"], one["countries"]) == ("IX", "2026-12-03", 6)
    assert (one["counts"]["arrest"], one["wrong_address"]["of"]) == (66, 66)
