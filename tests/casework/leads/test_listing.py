from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from luzeiro.casework.deconfliction.services import claim_address
from luzeiro.casework.leads import listing
from luzeiro.casework.leads.listing import LeadPages, read_rows
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW, a_lead, seen


def test_a_row_has_the_leads_own_words_and_nothing_of_its_evidence(ana: Officer) -> None:
    lead = a_lead()
    Lead.objects.update(assigned_to=ana)
    (row,) = read_rows(LeadPages(Lead.objects.all(), ana).page(1).object_list)
    for name in ("id", "score", "address", "region", "entries", "last_seen_at", "unit_id"):
        assert getattr(row, name) == getattr(lead, name), name
    assert (row.assigned_to, row.elsewhere) == ("Ana", None)


def test_a_claim_of_another_unit_is_told_until_it_is_released(ana: Officer, elisa: Officer) -> None:
    a_lead()
    claim = claim_address(address="192.0.2.1", by=elisa, now=NOW)

    def told(officer: Officer) -> str | None:
        return read_rows(LeadPages(Lead.objects.all(), officer).page(1).object_list)[0].elsewhere

    assert told(ana) == "São Paulo"
    assert told(elisa) is None
    claim.released_at = datetime(2026, 3, 5, tzinfo=UTC)
    claim.save()
    assert told(ana) is None


def test_pages_are_counted_only_so_far_and_say_so(
    ana: Officer,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for last in range(1, 6):
        a_lead(seen(f"192.0.2.{last}"))
    monkeypatch.setattr(listing, "COUNTED", 4)
    pages = LeadPages(Lead.objects.all(), ana)
    with django_assert_num_queries(1):
        assert (pages.count, pages.capped) == (4, True)
    assert not LeadPages(Lead.objects.filter(address="192.0.2.1"), ana).capped
