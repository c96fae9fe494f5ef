from datetime import timedelta

import pytest
from django.db.models import Model
from django.forms.models import model_to_dict

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.builder import build, follow, rebuild, recall, refresh, text_of
from luzeiro.casework.leads.material import NOWHERE
from luzeiro.casework.leads.models import Lead, LeadDay, LeadFile, LeadReference, Weights
from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.observations.grade import Grade
from tests.casework.world import BRAZIL, NOW, Heap, a_lead, packed, seen

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def rows(*tables: type[Model]) -> list[dict[str, object]]:
    """All that the tables say, without numbers of rows."""
    return [
        {name: value for name, value in model_to_dict(row).items() if name != "id"}
        for table in tables
        for row in table._default_manager.all()
    ]


def everything() -> list[dict[str, object]]:
    return rows(Lead, LeadFile, LeadDay, LeadReference)


def test_a_lead_is_one_address_over_one_spell() -> None:
    follow(Heap(seen(ago=30 * DAY), seen(ago=29 * DAY), seen(), seen("192.0.2.2")), now=NOW)
    found = Lead.objects.order_by("address", "first_seen_at")
    assert [(lead.address, lead.sightings) for lead in found] == [
        ("192.0.2.1", 2), ("192.0.2.1", 1), ("192.0.2.2", 1),
    ]  # fmt: skip


def test_hearsay_alone_never_makes_a_lead() -> None:
    follow(Heap(seen(grade=Grade.HEARD), seen(grade=Grade.REACHED)), now=NOW)
    assert not Lead.objects.exists()


def test_following_twice_changes_nothing() -> None:
    heap = Heap(seen(), seen(entry=8, ago=DAY))
    follow(heap, now=NOW)
    before = everything()
    assert follow(heap, now=NOW + DAY).segments == 0
    assert everything() == before


def test_segment_by_segment_comes_to_the_same_as_rebuilding_from_nothing() -> None:
    parts = [seen(ago=DAY * day, entry=day % 5, grade=Grade.CORROBORATED) for day in range(30)]
    step = Heap()
    for place in range(0, 30, 7):
        step.seal(*parts[place : place + 7])
        follow(step, now=NOW)
    grown = everything()
    known = list(Lead.objects.values_list("pk", flat=True))
    rebuild(step, now=NOW)
    assert everything() == grown
    assert list(Lead.objects.values_list("pk", flat=True)) == known


def test_a_late_sighting_that_joins_two_spells_merges_their_leads() -> None:
    heap = Heap(seen(ago=12 * DAY), seen())
    follow(heap, now=NOW)
    heap.seal(seen(ago=6 * DAY))
    follow(heap, now=NOW)
    states = sorted(Lead.objects.values_list("state", "sightings"))
    assert [state for state, _ in states] == ["merged", "new"]
    assert states[1][1] == 3
    assert JournalEntry.objects.filter(deed="lead.merged").count() == 1


def test_the_most_specific_jurisdiction_has_the_lead(buenos_aires: Unit, sao_paulo: Unit) -> None:
    buenos_aires.jurisdictions.create(code="BR-SP")
    assert a_lead(seen(place=BRAZIL)).unit == buenos_aires
    assert sao_paulo.jurisdictions.get().code == "BR"


def test_where_no_table_knows_the_place_no_unit_has_the_lead(buenos_aires: Unit) -> None:
    assert a_lead(seen(place=NOWHERE)).unit is None
    assert buenos_aires.leads.count() == 0


def test_a_lead_expires_ninety_days_after_the_last_sighting() -> None:
    lead = a_lead(seen(ago=DAY))
    assert not lead.expired(NOW + 88 * DAY)
    assert lead.expired(NOW + 89 * DAY)


def test_a_recall_takes_the_entry_out_of_every_lead_at_once() -> None:
    heap = Heap(seen(entry=7), seen("192.0.2.2", entry=7), seen("192.0.2.2", entry=8))
    follow(heap, now=NOW)
    assert recall([7], reason="votes withdrawn", now=NOW) == 1
    alone, other = Lead.objects.order_by("address")
    assert alone.state == Lead.State.RECALLED
    assert [file.entry_id for file in other.files.all()] == [8]
    follow(heap, now=NOW)
    assert Lead.objects.get(pk=other.pk).entries == 1
    assert Lead.objects.get(pk=alone.pk).state == Lead.State.RECALLED
    assert JournalEntry.objects.get(deed="lead.recalled").subject == str(alone.pk)


def test_a_rebuild_does_not_bring_a_recalled_lead_back() -> None:
    heap = Heap(seen(entry=7))
    follow(heap, now=NOW)
    recall([7], reason="votes withdrawn", now=NOW)
    rebuild(heap, now=NOW)
    assert Lead.objects.get().state == Lead.State.RECALLED


def test_what_an_officer_works_outlives_what_nobody_looked_at(ana: Officer) -> None:
    heap = Heap(seen(ago=12 * DAY), seen())
    follow(heap, now=NOW)
    newest = Lead.objects.order_by("-last_seen_at")[0]
    Lead.objects.filter(pk=newest.pk).update(state=Lead.State.WORKED, assigned_to=ana)
    heap.seal(seen(ago=6 * DAY))
    follow(heap, now=NOW)
    kept = Lead.objects.exclude(state=Lead.State.MERGED).get()
    assert (kept.pk, kept.assigned_to) == (newest.pk, ana)


def test_refreshing_lets_recency_decay_and_new_weights_count(buenos_aires: Unit) -> None:
    lead = a_lead(seen())
    assert refresh(now=NOW) == 0
    assert refresh(now=NOW + 14 * DAY) == 1
    decayed = Lead.objects.get()
    assert decayed.parts["recency"] == pytest.approx(0.5)
    assert decayed.score < lead.score
    values = dict.fromkeys(decayed.parts, 0.0) | {"recency": 1.0}
    Weights.objects.create(unit=buenos_aires, values=values)
    refresh(now=NOW + 14 * DAY)
    assert Lead.objects.get().score == pytest.approx(50)


def test_addresses_are_written_as_people_write_them() -> None:
    assert text_of(packed("192.0.2.1")) == "192.0.2.1"
    assert text_of(packed("2001:db8::1")) == "2001:db8::1"


def test_an_address_without_statements_gets_no_lead() -> None:
    build({packed("192.0.2.9")}, Heap(seen()), now=NOW)
    assert not Lead.objects.exists()
