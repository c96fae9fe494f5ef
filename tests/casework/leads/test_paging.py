from datetime import UTC, datetime
from itertools import pairwise

import pytest

from luzeiro.casework.leads.filters import SORTS, LeadFilter
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.paging import MarkError, after, mark
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW, a_lead, seen

SCORES = (7.25, 7.25, 0.1 + 0.2, 99.0, 7.25)


@pytest.fixture
def leads(ana: Officer) -> list[Lead]:
    made = [a_lead(seen(f"192.0.2.{last}")) for last in range(1, 6)]
    for lead, score in zip(made, SCORES, strict=True):
        Lead.objects.filter(pk=lead.pk).update(
            score=score,
            entries=int(score),
            unit=ana.unit,
            expires_at=datetime(2100, 1, 1, tzinfo=UTC),
        )
    return made


@pytest.mark.parametrize("sort", SORTS)
def test_pages_of_any_size_are_the_whole_list_in_its_order(
    leads: list[Lead], ana: Officer, sort: str
) -> None:
    listed = LeadFilter(sort=sort).apply(Lead.objects.all(), ana, NOW)
    whole = list(listed)
    assert len(whole) == len(leads)
    for size in (1, 2, 3):
        found, page = [], list(listed[:size])
        while page:
            found += page
            page = list(after(listed, sort, mark(page[-1], sort))[:size])
        assert found == whole


def test_a_lead_that_comes_meanwhile_moves_none_to_another_page(
    leads: list[Lead], ana: Officer
) -> None:
    del leads
    listed = LeadFilter().apply(Lead.objects.all(), ana, NOW)
    first, second = list(listed[:2]), list(listed[2:4])
    lately = a_lead(seen("192.0.2.77"))
    Lead.objects.filter(pk=lately.pk).update(score=100, expires_at=datetime(2100, 1, 1, tzinfo=UTC))
    assert list(after(listed, "score", mark(first[-1], "score"))[:2]) == second


@pytest.mark.parametrize(
    "told",
    [
        "", "~~", "score~1.0", "score~nan~{id}", "score~inf~{id}", "score~1.0~no", "last~1~{id}",
        "last~2026-01-01T00:00:00~{id}", "last~0001-01-01T00:00:00+23:00~{id}", "entries~1.5~{id}",
    ],
)  # fmt: skip
def test_what_is_no_mark_of_this_order_is_refused(told: str) -> None:
    told = told.format(id="0" * 32)
    for sort in SORTS:
        with pytest.raises(MarkError, match="mark of"):
            after(Lead.objects.all(), sort, told)


def test_the_marks_of_a_list_all_differ(leads: list[Lead]) -> None:
    marks = sorted(mark(lead, "entries") for lead in leads)
    assert all(one != other for one, other in pairwise(marks))
