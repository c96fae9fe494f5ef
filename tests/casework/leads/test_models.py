from datetime import timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import BinaryField, FileField, TextField

from luzeiro.casework.leads.models import Lead, LeadFile
from luzeiro.casework.officers.models import Officer, Role, Unit
from tests.casework.world import BRAZIL, a_lead, officer, seen

ROOMS = ("officers", "journal", "leads", "deconfliction")


def test_no_table_of_casework_could_hold_a_files_content_or_its_name() -> None:
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            for field in model._meta.get_fields():
                assert not isinstance(field, FileField | TextField), field
                if isinstance(field, BinaryField):  # keys of authenticators, a few hundred bytes
                    assert room == "officers", field
    assert not {field.name for field in LeadFile._meta.get_fields()} & {"name", "file_name", "path"}


@pytest.mark.django_db
def test_a_lead_that_ends_before_it_begins_is_refused_by_the_database() -> None:
    lead = a_lead()
    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(first_seen_at=lead.last_seen_at + timedelta(1))


def test_officers_see_their_own_units_leads(ana: Officer, elisa: Officer) -> None:
    here, there = a_lead(seen()), a_lead(seen("192.0.2.2", place=BRAZIL))
    assert list(Lead.objects.visible_to(ana)) == [here]
    assert list(Lead.objects.visible_to(elisa)) == [there]


def test_a_coordinator_sees_also_what_no_jurisdiction_holds(buenos_aires: Unit) -> None:
    lost = a_lead(seen(place=BRAZIL))
    olga = officer("olga", Role.COORDINATOR, of=buenos_aires)
    assert list(Lead.objects.visible_to(olga)) == [lost]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.TRAINER, Role.CURATOR])
def test_who_works_no_cases_sees_no_leads(role: Role, buenos_aires: Unit) -> None:
    a_lead(seen())
    assert not Lead.objects.visible_to(officer("x", role, of=buenos_aires)).exists()


@pytest.mark.django_db
def test_recalled_and_merged_leads_do_not_stand() -> None:
    lead = a_lead()
    assert Lead.objects.standing().count() == 1
    Lead.objects.filter(pk=lead.pk).update(state=Lead.State.MERGED)
    assert Lead.objects.standing().count() == 0
