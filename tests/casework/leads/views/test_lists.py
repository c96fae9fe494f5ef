from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from luzeiro.casework.deconfliction.models import Claim
from luzeiro.casework.deconfliction.services import claim_address
from luzeiro.casework.leads import hub, listing
from luzeiro.casework.leads.listing import PAGE
from luzeiro.casework.leads.models import Lead, SavedView
from luzeiro.casework.officers.models import Officer, Role, Unit
from tests.casework.world import BRAZIL, NOW, a_lead, officer, seen, signed_in


def fresh(*addresses: str) -> None:
    for address in addresses:
        a_lead(seen(address), at=NOW)
    Lead.objects.update(expires_at=datetime(2100, 1, 1, tzinfo=UTC))


def test_the_list_shows_ones_own_units_leads(ana: Officer, elisa: Officer) -> None:
    a_lead(seen("192.0.2.2", place=BRAZIL))
    fresh("192.0.2.1")
    assert "192.0.2.1" in signed_in(ana).get("/leads/").content.decode()
    told = signed_in(elisa).get("/leads/").content.decode()
    assert "192.0.2.2" in told
    assert "192.0.2.1" not in told


def test_the_list_shows_no_identifier(ana: Officer) -> None:
    fresh("192.0.2.1")
    assert "eeeeeeee" not in signed_in(ana).get("/leads/").content.decode()


def test_htmx_gets_the_rows_alone_and_filters_stay_in_the_address_bar(ana: Officer) -> None:
    fresh("192.0.2.1")
    told = signed_in(ana).get("/leads/?country=AR", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in told
    assert "192.0.2.1" in told
    assert "country=AR" in told


def test_a_coordinator_lists_one_units_leads_or_those_of_none_and_keeps_it_as_a_view(
    ana: Officer, buenos_aires: Unit
) -> None:
    fresh("192.0.2.1")
    a_lead(seen("192.0.2.2", place=BRAZIL))
    fresh()
    clara = signed_in(officer("clara", Role.COORDINATOR, of=buenos_aires))

    def listed(query: str) -> set[str]:
        told = clara.get(f"/leads/?{query}").content.decode()
        return {address for address in ("192.0.2.1", "192.0.2.2") if address in told}

    assert listed("") == {"192.0.2.1", "192.0.2.2"}
    assert listed(f"unit={buenos_aires.pk}") == {"192.0.2.1"}
    assert listed("unit=none") == {"192.0.2.2"}
    clara.post("/leads/views/save", {"name": "nobody's", "query": "unit=none"})
    told = clara.get("/leads/?unit=none").content.decode()
    assert 'href="?unit=none"' in told
    assert '<option value="none" selected>' in told
    assert "192.0.2.2" in clara.get("/leads/?unit=none", HTTP_HX_REQUEST="true").content.decode()
    # Who sees one unit's alone has nothing to choose, and no address bar shows her another's.
    assert 'name="unit"' not in signed_in(ana).get("/leads/").content.decode()
    assert "192.0.2.2" not in signed_in(ana).get("/leads/?unit=none").content.decode()


def test_a_row_says_that_another_unit_works_the_address(ana: Officer, elisa: Officer) -> None:
    fresh("192.0.2.1")
    claim_address(address="192.0.2.1", by=elisa, now=NOW)
    assert "Worked by São Paulo" in signed_in(ana).get("/leads/").content.decode()


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/leads/", 7),
        ("/leads/?address=192.0.2.1", 7),
        ("/leads/map", 5),
        ("/leads/map?country=AR", 5),
    ],
)
def test_the_number_of_queries_is_the_same_for_five_leads_and_for_fifty(
    ana: Officer,
    elisa: Officer,
    path: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(ana)
    client.get(path)  # the session's first request notes when it was
    for count in (5, 50):
        fresh(*(f"192.0.2.{last}" for last in range(1, count + 1)))
        for lead in Lead.objects.all():  # what a row may show: who has it, who else works it
            Claim.objects.get_or_create(
                address=lead.address, released_at=None, unit=elisa.unit, officer=elisa,
                defaults={"claimed_at": NOW, "touched_at": NOW},
            )  # fmt: skip
        Lead.objects.update(assigned_to=ana)
        with django_assert_num_queries(queries):
            told = client.get(path).content.decode()
        if path == "/leads/":
            assert told.count("data-row") == count
            assert told.count("Worked by São Paulo") == count


def test_no_page_of_leads_asks_the_store_however_much_it_holds(
    ana: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*_: object, **__: object) -> None:
        raise AssertionError("the store was asked")

    monkeypatch.setattr(hub, "open_store_in", asked)
    fresh("192.0.2.1")
    client, lead = signed_in(ana), Lead.objects.get()
    client.post(f"/leads/{lead.pk}/purpose", {"purpose": "triage"})
    for path in ("/leads/", "/leads/?address=192.0.2.1", "/leads/map", f"/leads/{lead.pk}"):
        assert client.get(path).status_code == 200


def test_pages_are_of_fifty(ana: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(*(f"192.0.2.{last}" for last in range(1, PAGE + 2)))
    client = signed_in(ana)
    assert "Page 1 of 2" in client.get("/leads/").content.decode()
    assert client.get("/leads/?page=2").content.decode().count("data-row") == 1
    assert client.get("/leads/?page=x").status_code == 200
    monkeypatch.setattr(listing, "COUNTED", PAGE + 1)
    assert "Page 1 of 2 or more" in client.get("/leads/").content.decode()


def test_a_supervisor_assigns_many_at_once(ana: Officer, carla: Officer) -> None:
    fresh("192.0.2.1", "192.0.2.2")
    marked = [str(lead.pk) for lead in Lead.objects.all()]
    sent = {"lead": [*marked, "nonsense", "-" * 36], "officer": str(ana.pk)}
    answer = signed_in(carla).post("/leads/assign?country=AR", sent)
    assert answer["Location"] == "/leads/?country=AR"
    assert Lead.objects.filter(assigned_to=ana).count() == 2


def test_leads_of_another_unit_cannot_be_assigned(carla: Officer, ana: Officer) -> None:
    lead = a_lead(seen("192.0.2.2", place=BRAZIL))
    signed_in(carla).post("/leads/assign", {"lead": [str(lead.pk)], "officer": str(ana.pk)})
    assert Lead.objects.get().assigned_to is None


def test_views_are_saved_and_dropped_by_their_owner(ana: Officer, carla: Officer) -> None:
    client = signed_in(ana)
    client.post("/leads/views/save", {"name": "mine", "query": "mine=1"})
    view = SavedView.objects.get()
    assert "?mine=1" in client.get("/leads/").content.decode()
    assert signed_in(carla).post(f"/leads/views/{view.pk}/remove").status_code == 404
    client.post(f"/leads/views/{view.pk}/remove")
    assert not SavedView.objects.exists()


def test_the_map_counts_by_country_then_by_region(ana: Officer) -> None:
    fresh("192.0.2.1", "192.0.2.2")
    client = signed_in(ana)
    assert '"counts": [{"name": "AR", "value": 2}]' in client.get("/leads/map").content.decode()
    assert '"name": "AR-C"' in client.get("/leads/map?country=AR").content.decode()
