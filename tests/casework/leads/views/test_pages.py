from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from luzeiro.casework.deconfliction.services import claim_address
from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.builder import follow
from luzeiro.casework.leads.material import Place
from luzeiro.casework.leads.models import Lead, LeadReference
from luzeiro.casework.leads.sample import SampleWorld
from luzeiro.casework.leads.services import add_task, record_package, write_note
from luzeiro.casework.leads.views.pages import TABS
from luzeiro.casework.officers.models import Officer
from luzeiro.observations.record import UserId
from tests.casework.world import ARGENTINA, BRAZIL, NOW, Heap, a_lead, seen, signed_in

IDENTIFIER = (b"\xee" * 16 + (7).to_bytes(4, "big")).hex()


def opened(client: Client, lead: Lead) -> str:
    path = f"/leads/{lead.pk}"
    client.post(f"{path}/purpose", {"purpose": "triage", "reference": "12"})
    return path


def test_a_lead_opens_only_under_a_purpose_and_the_journal_keeps_it(ana: Officer) -> None:
    lead, client = a_lead(), signed_in(ana)
    asked = client.get(f"/leads/{lead.pk}")
    assert "Why do you open this lead?" in asked.content.decode()
    assert "abuse" not in asked.content.decode()
    assert not JournalEntry.objects.filter(deed="lead.opened").exists()
    path = opened(client, lead)
    assert "categorised file" in client.get(path).content.decode()
    entry = JournalEntry.objects.get(deed="lead.opened")
    assert (entry.actor, entry.purpose, entry.subject) == (ana, "triage: 12", str(lead.pk))


def test_a_purpose_counts_for_one_lead_and_for_eight_hours(ana: Officer) -> None:
    lead, other, client = a_lead(), a_lead(seen("192.0.2.2")), signed_in(ana)
    path = opened(client, lead)
    assert "Why do you open" in client.get(f"/leads/{other.pk}").content.decode()
    session = client.session
    session["purposes"][str(lead.pk)][1] -= 8 * 3600 + 1
    session.save()
    assert "Why do you open" in client.get(path).content.decode()


def test_no_purpose_no_lead(ana: Officer) -> None:
    lead, client = a_lead(), signed_in(ana)
    assert client.post(f"/leads/{lead.pk}/purpose", {"purpose": ""}).status_code == 422
    sighting = lead.references.get().sighting_id
    assert client.get(f"/leads/{lead.pk}/exchange/{sighting}").status_code == 302
    assert client.post(f"/leads/{lead.pk}/reveal").status_code == 302
    assert not JournalEntry.objects.filter(deed__startswith="lead.").exists()


def test_custody_names_the_packages_that_left_and_how_one_is_made(ana: Officer) -> None:
    lead, client = a_lead(), signed_in(ana)
    path = f"{opened(client, lead)}?tab=custody"
    assert "None was made." in client.get(path).content.decode()
    facts = {"package_sha256": "cd" * 32, "sightings": 3, "encrypted_for": 1}
    with transaction.atomic():
        record_package(lead_id=lead.pk, purpose="", facts=facts, by=None, now=NOW)
    told = client.get(path).content.decode()
    assert "cd" * 32 in told
    assert "3 sightings" in told
    assert f"luzeiro evidence package --lead {lead.pk}" in told


def test_a_place_is_drawn_as_large_as_the_table_leaves_it_and_no_smaller(ana: Officer) -> None:
    def told(place: Place) -> str:
        Lead.objects.all().update(place=asdict(place) | {"flags": []})
        return client.get(f"{path}?tab=network").content.decode()

    client = signed_in(ana)
    path = opened(client, a_lead())
    area, circle = "The map marks the whole area", "The circle is as large as that"
    region = told(ARGENTINA)
    assert area in region
    assert circle not in region
    assert "reckons with an error of 20 km" in region
    unbounded = told(Place(country="AR"))
    assert area in unbounded
    assert "does not say how far it can be wrong" in unbounded
    point = told(replace(ARGENTINA, latitude=-34.6, longitude=-58.4))
    assert circle in point
    assert area not in point
    assert 'id="place"' not in told(Place())


@pytest.mark.parametrize("tab", [*TABS, "nonsense"])
def test_no_tab_shows_a_full_identifier(ana: Officer, tab: str) -> None:
    lead = a_lead(seen(user_ids=(UserId("user_hash", b"\xab" * 16, durable=True),)))
    client = signed_in(ana)
    told = client.get(f"{opened(client, lead)}?tab={tab}")
    assert told.status_code == 200
    assert IDENTIFIER not in told.content.decode()
    assert "ab" * 16 not in told.content.decode()


def test_full_identifiers_are_shown_once_asked_for_and_journalled(ana: Officer) -> None:
    lead, client = a_lead(), signed_in(ana)
    path = opened(client, lead)
    assert IDENTIFIER in client.post(f"{path}/reveal").content.decode()
    entry = JournalEntry.objects.get(deed="lead.revealed")
    assert (entry.purpose, entry.facts) == ("triage: 12", {"what": "identifiers"})


def test_the_raw_exchange_is_journalled_and_may_be_elsewhere(ana: Officer) -> None:
    lead, client = a_lead(), signed_in(ana)
    sighting = lead.references.get().sighting_id
    told = client.get(f"{opened(client, lead)}/exchange/{sighting}").content.decode()
    assert "not on this machine" in told
    Lead.objects.update(sample=True)
    LeadReference.objects.update(segment=SampleWorld().segments()[0].hex())
    told = client.get(f"/leads/{lead.pk}/exchange/{sighting}").content.decode()
    assert "13 42 69 74 54 6f 72 72 65 6e 74" in told
    assert JournalEntry.objects.filter(deed="lead.revealed").count() == 2


def test_another_unit_that_works_the_address_is_told_at_once_and_nothing_of_its_case(
    ana: Officer, elisa: Officer
) -> None:
    lead, client = a_lead(), signed_in(ana)
    claim_address(address=lead.address, by=elisa, now=NOW)
    told = client.get(f"/leads/{lead.pk}").content.decode()
    assert "São Paulo works this address." in told
    assert "duty officer of São Paulo" in told
    assert "Elisa" not in told


def test_the_same_id_elsewhere_is_shown_as_far_as_one_may_see(ana: Officer) -> None:
    users = (UserId("user_hash", b"\xab" * 16, durable=True),)
    here, near = seen(user_ids=users), seen("192.0.2.2", user_ids=users)
    far = seen("192.0.2.3", place=BRAZIL, user_ids=users)
    follow(Heap(here, near, far), now=NOW)
    lead, client = Lead.objects.get(address="192.0.2.1"), signed_in(ana)
    told = client.get(f"{opened(client, lead)}?tab=installs").content.decode()
    assert "192.0.2.2" in told
    assert "may be a clone" in told
    assert "192.0.2.3" not in told
    assert "at one more address" in told
    assert "two far places at once" in told


def test_an_install_that_moves_is_linked_without_a_warning(ana: Officer) -> None:
    users = (UserId("user_hash", b"\xab" * 16, durable=True),)
    moved = seen("192.0.2.2", ago=timedelta(hours=1), user_ids=users)
    follow(Heap(seen(user_ids=users), moved), now=NOW)
    lead, client = Lead.objects.get(address="192.0.2.1"), signed_in(ana)
    told = client.get(f"{opened(client, lead)}?tab=installs").content.decode()
    assert "192.0.2.2" in told
    assert "clone" not in told


def test_a_recalled_lead_says_so_before_anything_else(ana: Officer) -> None:
    lead, client = a_lead(), signed_in(ana)
    Lead.objects.update(state=Lead.State.RECALLED)
    told = client.get(opened(client, lead)).content.decode()
    assert told.index("Recalled:") < told.index("categorised file")


def hash_of(number: int) -> tuple[UserId, ...]:
    return (UserId("user_hash", number.to_bytes(16, "big"), durable=True),)


def large_lead(by: Officer, address: str, count: int) -> Lead:
    """A lead of so many files, days, ids, other addresses, notes and tasks."""
    for number in range(count):
        a_lead(seen(f"198.51.100.{number + 1}", user_ids=hash_of(number)))
    lead = a_lead(
        *(
            seen(address, ago=timedelta(days=number), entry=number, user_ids=hash_of(number))
            for number in range(count)
        )
    )
    for number in range(count):
        write_note(lead=lead, text=f"note {number}", by=by, now=NOW)
        add_task(lead=lead, text=f"task {number}", due_on=NOW.date(), by=by, now=NOW)
    return lead


@pytest.mark.parametrize(
    ("tab", "queries"),
    [
        ("summary", 11), ("timeline", 9), ("files", 8), ("installs", 9), ("network", 7),
        ("exchange", 8), ("custody", 10), ("notes", 9),
    ],
)  # fmt: skip
def test_the_number_of_queries_is_the_same_for_a_small_lead_and_for_a_large_one(
    ana: Officer, tab: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(ana)
    for address, count in (("192.0.2.1", 5), ("192.0.2.2", 50)):
        path = opened(client, large_lead(ana, address, count))
        with django_assert_num_queries(queries):
            told = client.get(f"{path}?tab={tab}").content.decode()
        shown = {"files": "eeeeeeee", "exchange": "/exchange/", "notes": "note "}.get(tab)
        assert shown is None or told.count(shown) == count
