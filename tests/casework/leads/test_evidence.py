from datetime import timedelta
from uuid import uuid4

import pytest

from luzeiro.casework.leads.builder import recall
from luzeiro.casework.leads.evidence import evidence_of
from luzeiro.casework.leads.models import Lead, LeadFile
from luzeiro.casework.leads.refusals import (
    LeadMerged,
    LeadOfSample,
    LeadRecalled,
    LeadWithoutSightings,
    NoSuchLead,
)
from luzeiro.casework.refusals import Refusal
from tests.casework.world import NOW, a_lead, seen

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def test_a_lead_rests_on_its_entries_between_its_first_and_last_sighting() -> None:
    found = evidence_of(a_lead(seen(entry=8, ago=DAY), seen(entry=7)).pk)
    assert (found.first_seen_at, found.last_seen_at) == (NOW - DAY, NOW)
    assert (found.address, found.entries, found.sightings) == ("192.0.2.1", (7, 8), 2)


def test_what_was_recalled_is_no_evidence_any_more() -> None:
    lead = a_lead(seen(entry=8), seen(entry=7))
    recall([8], reason="votes withdrawn", now=NOW)
    assert evidence_of(lead.pk).entries == (7,)
    recall([7], reason="votes withdrawn", now=NOW)
    with pytest.raises(LeadRecalled):
        evidence_of(lead.pk)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [({"state": Lead.State.MERGED}, LeadMerged), ({"sample": True}, LeadOfSample)],
)
def test_a_lead_that_no_package_can_be_made_of(
    changed: dict[str, object], refusal: type[Refusal]
) -> None:
    lead = a_lead()
    Lead.objects.filter(pk=lead.pk).update(**changed)
    with pytest.raises(refusal):
        evidence_of(lead.pk)


def test_a_lead_without_files_has_no_sightings_to_give() -> None:
    lead = a_lead()
    LeadFile.objects.filter(lead=lead).delete()
    with pytest.raises(LeadWithoutSightings):
        evidence_of(lead.pk)


def test_an_unknown_lead_is_refused() -> None:
    with pytest.raises(NoSuchLead):
        evidence_of(uuid4())
