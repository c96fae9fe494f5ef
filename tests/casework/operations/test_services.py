from datetime import timedelta

import pytest

from luzeiro.casework.deconfliction.services import claim_address
from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.checks import Check
from luzeiro.casework.operations.models import BoardEvent, Operation, Target
from luzeiro.casework.operations.refusals import (
    AnsweredAlready,
    ChecksFail,
    HourPassed,
    InvitedAlready,
    LeadNotToBring,
    NoOrder,
    NoSuchMove,
    NotLeading,
    NotTakingPart,
    NotYourTarget,
    OperationEnded,
    TargetAlready,
)
from luzeiro.casework.operations.services import (
    answer,
    authorise,
    bring,
    end,
    failing_of,
    invite,
    move,
    note_people,
    set_hour,
)
from luzeiro.casework.operations.states import State
from tests.casework.operations.cases import (
    ORDER,
    coordinator,
    entered,
    joined,
    operation,
    prepared,
    ready,
    target,
    with_hour,
)
from tests.casework.requests.cases import lead, provider, returned, sent
from tests.casework.world import NOW


def test_an_operation_goes_from_proposal_to_result(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = with_hour(operation(olga), olga, hours=1)
    one = entered(target(found, ana), ana, carla)
    move(target=one, to=State.SECURED, by=ana, now=NOW + timedelta(minutes=20))
    move(target=one, to=State.RESULT, by=ana, now=NOW + timedelta(minutes=90))
    told = list(BoardEvent.objects.filter(target=one).values_list("after", "by__login"))
    assert [after for after, _ in told] == [
        "proposed", "authorised", "ready", "entered", "secured", "result",
    ]  # fmt: skip
    assert {who for _, who in told} == {"ana"}
    numbers = list(BoardEvent.objects.values_list("pk", flat=True))
    assert numbers == sorted(numbers)
    deeds = set(JournalEntry.objects.values_list("deed", flat=True))
    assert deeds >= {"operation.proposed", "target.brought", "target.ready", "target.result"}


def test_a_unit_sees_and_brings_nothing_before_it_accepts(
    elisa: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    of = lead(address="192.0.2.50")
    Lead.objects.update(unit=elisa.unit)
    of.refresh_from_db()
    with pytest.raises(NotTakingPart):
        bring(operation=found, lead=of, by=elisa, now=NOW)
    made = invite(operation=found, unit=elisa.unit, by=olga, now=NOW)
    with pytest.raises(NotTakingPart):
        bring(operation=found, lead=of, by=elisa, now=NOW)
    answer(invitation=made, accepted=True, by=elisa, now=NOW)
    assert bring(operation=found, lead=of, by=elisa, now=NOW).unit == elisa.unit


def test_an_invitation_is_given_and_answered_once(
    ana: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    made = joined(found, elisa, by=olga)
    with pytest.raises(InvitedAlready):
        invite(operation=found, unit=elisa.unit, by=olga, now=NOW)
    with pytest.raises(AnsweredAlready):
        answer(invitation=made, accepted=False, by=elisa, now=NOW)
    with pytest.raises(NotTakingPart):
        answer(invitation=made, accepted=False, by=ana, now=NOW)


def test_only_a_coordinator_of_the_leading_unit_leads(
    ana: Officer, elisa: Officer, buenos_aires: Unit, sao_paulo: Unit
) -> None:
    found = operation(coordinator(buenos_aires))
    for who in (ana, coordinator(sao_paulo)):
        with pytest.raises(NotLeading):
            invite(operation=found, unit=elisa.unit, by=who, now=NOW)
        with pytest.raises(NotLeading):
            set_hour(operation=found, h_hour_at=NOW + timedelta(1), by=who, now=NOW)
        with pytest.raises(NotLeading):
            end(operation=found, by=who, now=NOW)


def test_another_units_target_cannot_be_touched(
    ana: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    joined(found, elisa, by=olga)
    one = target(found, ana)
    with pytest.raises(NotYourTarget):
        move(target=one, to=State.WITHDRAWN, by=elisa, now=NOW)
    with pytest.raises(NotYourTarget):
        note_people(target=one, people="", by=elisa, now=NOW)
    with pytest.raises(NotYourTarget):
        authorise(target=one, order_number="1", order_expires_on=ORDER, by=elisa, now=NOW)
    with pytest.raises(NotYourTarget):
        bring(operation=found, lead=lead(address="192.0.2.8"), by=elisa, now=NOW)


def test_a_lead_is_a_target_once_and_not_when_it_does_not_stand(
    ana: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires))
    of = lead()
    bring(operation=found, lead=of, by=ana, now=NOW)
    with pytest.raises(TargetAlready):
        bring(operation=found, lead=of, by=ana, now=NOW)
    for state in (Lead.State.RECALLED, Lead.State.MERGED, Lead.State.CLOSED):
        other = lead(address="192.0.2.9")
        other.state = state
        with pytest.raises(LeadNotToBring):
            bring(operation=found, lead=other, by=ana, now=NOW)


def test_nothing_is_ready_before_every_check_holds(ana: Officer, buenos_aires: Unit) -> None:
    olga = coordinator(buenos_aires)
    found = with_hour(operation(olga), olga)
    one = target(found, ana)
    assert set(failing_of(one, found, now=NOW)) == {Check.RETURN, Check.ORDER, Check.PEOPLE}
    with pytest.raises(NoOrder):
        move(target=one, to=State.AUTHORISED, by=ana, now=NOW)
    with pytest.raises(NoOrder):
        authorise(target=one, order_number=" ", order_expires_on=ORDER, by=ana, now=NOW)
    authorise(target=one, order_number="1", order_expires_on=ORDER, by=ana, now=NOW)
    one.refresh_from_db()
    with pytest.raises(ChecksFail, match=r"return repeats.*people at risk"):
        move(target=one, to=State.READY, by=ana, now=NOW)
    assert Target.objects.get().state == "authorised"


def test_a_blocked_or_disagreeing_return_keeps_the_door_shut(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires))
    one = prepared(target(found, ana), ana, carla)
    assert failing_of(one, found, now=NOW) == []
    of = Lead.objects.get()
    returned(sent(of, by=ana, approver=carla), ana, NOW + timedelta(hours=1), port="1")
    assert failing_of(one, found, now=NOW) == [Check.RETURN]
    returned(sent(of, by=ana, approver=carla), ana, NOW + timedelta(hours=2), document="9")
    assert failing_of(one, found, now=NOW) == [Check.RETURN]


def test_a_preservation_request_is_no_return_of_a_subscriber(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires))
    one = target(found, ana)
    provider(carla)
    assert Check.RETURN in failing_of(one, found, now=NOW)


def test_freshness_and_the_order_are_judged_as_of_the_hour(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    one = prepared(target(found, ana), ana, carla)
    assert failing_of(one, found, now=NOW) == []
    late = with_hour(found, olga, hours=24 * 40)
    assert failing_of(one, late, now=NOW) == [Check.FRESH]


def test_an_address_that_another_unit_works_is_not_entered(
    ana: Officer, carla: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires))
    one = prepared(target(found, ana), ana, carla)
    claim_address(address="192.0.2.1", by=elisa, now=NOW)
    assert failing_of(one, found, now=NOW) == [Check.DECONFLICTED]


def test_a_door_opened_too_early_is_recorded_and_not_refused(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = with_hour(operation(olga), olga)
    one = entered(target(found, ana), ana, carla)
    assert one.state == "entered"
    assert one.entered_at is not None
    assert found.h_hour_at is not None
    assert one.entered_at < found.h_hour_at


def test_a_move_that_is_not_in_the_table_is_refused(ana: Officer, buenos_aires: Unit) -> None:
    one = target(operation(coordinator(buenos_aires)), ana)
    for to in (State.ENTERED, State.RESULT, State.PROPOSED):
        with pytest.raises(NoSuchMove):
            move(target=one, to=to, by=ana, now=NOW)


def test_the_hour_lies_ahead_and_is_fixed_before_anybody_enters(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    with pytest.raises(HourPassed):
        set_hour(operation=found, h_hour_at=NOW, by=olga, now=NOW)
    entered(target(found, ana), ana, carla)
    with pytest.raises(HourPassed):
        set_hour(operation=found, h_hour_at=NOW + timedelta(days=1), by=olga, now=NOW)


def test_what_was_not_entered_by_the_end_is_withdrawn(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    first = entered(target(found, ana), ana, carla)
    second = ready(target(found, ana, address="192.0.2.2"), ana, carla)
    end(operation=found, by=olga, now=NOW + timedelta(hours=1))
    assert Target.objects.get(pk=second.pk).state == "withdrawn"
    found = Operation.objects.get()
    with pytest.raises(OperationEnded):
        end(operation=found, by=olga, now=NOW)
    move(target=first, to=State.SECURED, by=ana, now=NOW + timedelta(hours=2))
    move(target=first, to=State.RESULT, by=ana, now=NOW + timedelta(hours=3))
