import pytest

from luzeiro.casework.leads.forms import AddressForm, AssignForm, PurposeForm, WeightsForm
from luzeiro.casework.leads.ranking import Weighing
from luzeiro.casework.officers.models import Officer


def test_a_purpose_must_be_chosen_and_a_reference_goes_with_it() -> None:
    assert not PurposeForm({"purpose": ""}).is_valid()
    assert not PurposeForm({"purpose": "curiosity"}).is_valid()
    form = PurposeForm({"purpose": "request", "reference": "12/2026"})
    assert form.is_valid()
    assert form.told() == "request: 12/2026"
    bare = AddressForm({"purpose": "triage", "address": "192.0.2.1"})
    assert bare.is_valid()
    assert bare.told() == "triage"


def test_only_investigators_of_ones_own_unit_can_be_given_a_lead(
    ana: Officer, carla: Officer, elisa: Officer
) -> None:
    assert AssignForm({"officer": str(ana.pk)}, officer=carla).is_valid()
    assert not AssignForm({"officer": str(elisa.pk)}, officer=carla).is_valid()


@pytest.mark.parametrize(("given", "fine"), [("10", True), ("-1", False), ("x", False)])
def test_weights_are_numbers_that_are_not_negative(given: str, fine: bool) -> None:
    form = WeightsForm({"role": given}, weighing=Weighing(), labels={"role": "Role"})
    assert form.is_valid() is fine
