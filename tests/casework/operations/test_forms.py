from datetime import UTC, datetime

from django.utils import timezone

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.forms import (
    BringForm,
    CorrectForm,
    HourForm,
    InviteForm,
    LeadField,
    OutcomeForm,
    PeopleForm,
)
from tests.casework.operations.cases import coordinator, operation
from tests.casework.requests.cases import lead


def test_the_hour_is_typed_in_utc_whatever_zone_is_in_force() -> None:
    with timezone.override("America/Sao_Paulo"):
        form = HourForm({"at": "2026-12-03T09:00"})
        assert form.is_valid()
        assert form.cleaned_data["at"] == datetime(2026, 12, 3, 9, tzinfo=UTC)


def test_units_that_are_not_in_yet_can_be_invited(buenos_aires: Unit, sao_paulo: Unit) -> None:
    found = operation(coordinator(buenos_aires))
    assert [name for _, name in InviteForm(operation=found).fields["unit"].choices] == [  # type: ignore[attr-defined]
        "---------",
        str(sao_paulo),
    ]


def test_standing_leads_of_ones_own_unit_can_be_brought(
    ana: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires))
    one = lead()
    sent = {"lead": str(one.pk)}
    assert BringForm(sent, officer=ana, operation=found).is_valid()
    assert not BringForm(sent, officer=elisa, operation=found).is_valid()
    Lead.objects.update(state=Lead.State.RECALLED)
    assert not BringForm(sent, officer=ana, operation=found).is_valid()
    assert LeadField(Lead.objects.all()).label_from_instance(one).startswith("192.0.2.1 (")


def test_an_outcome_counts_at_least_one_and_a_correction_may_take_back() -> None:
    assert not OutcomeForm({"what": "arrest", "count": "0"}).is_valid()
    assert OutcomeForm({"what": "arrest", "count": "1"}).is_valid()
    assert CorrectForm({"count": "0", "reason": "counted twice"}).is_valid()
    assert not CorrectForm({"count": "0", "reason": ""}).is_valid()


def test_that_nobody_is_at_risk_may_be_said() -> None:
    assert PeopleForm({"people": ""}).is_valid()
