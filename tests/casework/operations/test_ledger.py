from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.ledger import add_outcome, correct, entries, figures_of
from luzeiro.casework.operations.models import BoardEvent, Outcome, Target
from luzeiro.casework.operations.outcomes import What
from luzeiro.casework.operations.refusals import (
    CorrectedAlready,
    DeviceTypeMissing,
    NotYourTarget,
    TooEarlyForOutcomes,
)
from tests.casework.operations.cases import coordinator, entered, operation, target
from tests.casework.world import NOW

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def inside(ana: Officer, carla: Officer, buenos_aires: Unit) -> Target:
    return entered(target(operation(coordinator(buenos_aires)), ana), ana, carla)


def test_a_correction_adds_and_the_first_number_stays(inside: Target, ana: Officer) -> None:
    first = add_outcome(target=inside, what=What.ARREST, count=2, by=ana, now=LATER)
    then = LATER + timedelta(minutes=1)
    correct(outcome=first, count=1, reason="counted twice", by=ana, now=then)
    assert [row.count for row in Outcome.objects.all()] == [2, 1]
    found = inside.operation
    assert figures_of(found, as_of=LATER).of(What.ARREST) == 2
    assert figures_of(found, as_of=then).of(What.ARREST) == 1


def test_an_entry_is_corrected_once(inside: Target, ana: Officer) -> None:
    first = add_outcome(target=inside, what=What.ARREST, count=2, by=ana, now=LATER)
    second = correct(outcome=first, count=1, reason="x", by=ana, now=LATER)
    with pytest.raises(CorrectedAlready):
        correct(outcome=first, count=3, reason="x", by=ana, now=LATER)
    correct(outcome=second, count=0, reason="x", by=ana, now=LATER)
    assert figures_of(inside.operation, as_of=LATER).of(What.ARREST) == 0


def test_the_database_itself_changes_and_removes_no_entry_and_no_event(
    inside: Target, ana: Officer
) -> None:
    add_outcome(target=inside, what=What.ARREST, count=2, by=ana, now=LATER)
    for rows in (Outcome.objects.all(), BoardEvent.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(sample=True)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows._raw_delete(rows.db)  # as a hand at the console would


def test_suspected_production_is_on_the_board_at_once(inside: Target, ana: Officer) -> None:
    add_outcome(target=inside, what=What.PRODUCTION, count=1, by=ana, now=LATER)
    event = BoardEvent.objects.order_by("-pk")[0]
    assert (event.kind, event.target, event.at) == ("production", inside, LATER)
    assert Target.objects.get().production_at == LATER


def test_outcomes_come_after_the_door_and_from_the_targets_own_unit(
    ana: Officer, elisa: Officer, inside: Target, carla: Officer
) -> None:
    other = target(inside.operation, ana, address="192.0.2.2")
    with pytest.raises(TooEarlyForOutcomes):
        add_outcome(target=other, what=What.SEARCH, count=1, by=ana, now=LATER)
    with pytest.raises(NotYourTarget):
        add_outcome(target=inside, what=What.SEARCH, count=1, by=elisa, now=LATER)
    made = add_outcome(target=inside, what=What.SEARCH, count=1, by=carla, now=LATER)
    with pytest.raises(NotYourTarget):
        correct(outcome=made, count=0, reason="x", by=elisa, now=LATER)


def test_a_device_has_a_type_and_nothing_else_has(inside: Target, ana: Officer) -> None:
    with pytest.raises(DeviceTypeMissing):
        add_outcome(target=inside, what=What.DEVICE, count=1, by=ana, now=LATER)
    add_outcome(target=inside, what=What.DEVICE, count=2, detail="camera", by=ana, now=LATER)
    add_outcome(target=inside, what=What.ARREST, count=1, detail="camera", by=ana, now=LATER)
    assert [one.detail for one in entries(Outcome.objects.all())] == ["camera", ""]
