import pytest
from django.http import Http404

from luzeiro.casework.leads.access import (
    export_for,
    lead_for,
    leads_of,
    own_export_for,
    units_seen,
)
from luzeiro.casework.leads.services import ask_export
from luzeiro.casework.officers.models import Officer, Role, Unit
from tests.casework.world import NOW, a_lead, officer


def test_another_units_lead_is_not_there(ana: Officer, elisa: Officer) -> None:
    lead = a_lead()
    assert lead_for(ana, lead.pk) == lead
    assert list(leads_of(elisa)) == []
    with pytest.raises(Http404):
        lead_for(elisa, lead.pk)


def test_a_coordinator_sees_her_units_leads_and_those_of_no_unit(
    ana: Officer, buenos_aires: Unit
) -> None:
    clara = officer("clara", Role.COORDINATOR, of=buenos_aires)
    assert units_seen(clara) == [buenos_aires, None]
    assert units_seen(ana) == [buenos_aires]


def test_exports_are_seen_by_who_asked_and_by_her_supervisors(
    ana: Officer, carla: Officer, elisa: Officer
) -> None:
    export = ask_export(query="", leads=0, purpose="triage", by=ana, now=NOW)
    assert export_for(ana, export.pk) == export_for(carla, export.pk) == export
    with pytest.raises(Http404):
        export_for(elisa, export.pk)
    with pytest.raises(Http404):  # a supervisor may approve it, not take it
        own_export_for(carla, export.pk)
