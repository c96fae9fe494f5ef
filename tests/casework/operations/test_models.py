import pytest

from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.models import (
    DeviceType,
    Operation,
    OutcomeWhat,
    Participation,
    TargetState,
)
from luzeiro.casework.operations.outcomes import Device, What
from luzeiro.casework.operations.states import State
from tests.casework.operations.cases import coordinator, joined, operation


@pytest.mark.parametrize(
    ("words", "meant"), [(TargetState, State), (OutcomeWhat, What), (DeviceType, Device)]
)
def test_each_state_outcome_and_device_has_its_words(words: object, meant: object) -> None:
    assert [one.value for one in words] == [one.value for one in meant]  # type: ignore[attr-defined]


def test_an_operation_is_called_by_its_name_and_edition() -> None:
    assert str(Operation(name="Luz", edition="IX")) == "Luz IX"
    assert str(Operation(name="Luz")) == "Luz"


def test_an_operation_is_seen_by_those_who_lead_it_or_are_in(
    ana: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    assert list(Operation.objects.visible_to(ana)) == [found]
    assert list(Operation.objects.visible_to(elisa)) == []
    joined(found, elisa, by=olga)
    assert list(Operation.objects.visible_to(elisa)) == [found]
    assert Participation.objects.count() == 2
