import pytest
from django.http import Http404

from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.operations.access import (
    board_for,
    events_after,
    invitation_for,
    leads_it,
    operation_for,
    operations_of,
    outcome_for,
    takes_part,
    target_for,
    targets_of,
    targets_on_board,
)
from luzeiro.casework.operations.ledger import add_outcome
from luzeiro.casework.operations.outcomes import What
from luzeiro.casework.operations.services import answer, invite
from tests.casework.operations.cases import coordinator, entered, joined, operation, target
from tests.casework.world import NOW, officer


def test_who_is_not_invited_does_not_know_that_there_is_an_operation(
    elisa: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires))
    assert not operations_of(elisa).exists()
    with pytest.raises(Http404):
        operation_for(elisa, found.pk)


def test_who_is_invited_sees_its_name_and_no_board(elisa: Officer, buenos_aires: Unit) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    made = invite(operation=found, unit=elisa.unit, by=olga, now=NOW)
    assert operation_for(elisa, found.pk) == found
    assert invitation_for(elisa, made.pk) == made
    assert not takes_part(elisa, found)
    with pytest.raises(Http404):
        board_for(elisa, found.pk)
    with pytest.raises(Http404):
        invitation_for(olga, made.pk)
    answer(invitation=made, accepted=True, by=elisa, now=NOW)
    assert takes_part(elisa, found)
    assert board_for(elisa, found.pk) == found


def test_who_declined_sees_it_no_more(elisa: Officer, buenos_aires: Unit) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    made = invite(operation=found, unit=elisa.unit, by=olga, now=NOW)
    answer(invitation=made, accepted=False, by=elisa, now=NOW)
    with pytest.raises(Http404):
        operation_for(elisa, found.pk)


def test_a_target_and_what_came_of_it_are_its_own_units(
    ana: Officer, carla: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    joined(found, elisa, by=olga)
    one = entered(target(found, ana), ana, carla)
    made = add_outcome(target=one, what=What.SEARCH, count=1, by=ana, now=NOW)
    assert target_for(carla, one.pk) == one
    assert outcome_for(carla, made.pk) == made
    assert list(targets_on_board(found)) == [one]  # all who take part see that it is there
    assert not targets_of(elisa).exists()
    with pytest.raises(Http404):
        target_for(elisa, one.pk)
    with pytest.raises(Http404):
        outcome_for(elisa, made.pk)


def test_roles_without_casework_see_no_operation(buenos_aires: Unit) -> None:
    operation(coordinator(buenos_aires))
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.TRAINER, Role.CURATOR):
        assert not operations_of(officer(f"other-{role}", role, of=buenos_aires)).exists()


def test_a_coordinator_of_the_leading_unit_leads(
    ana: Officer, buenos_aires: Unit, sao_paulo: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    assert leads_it(olga, found)
    assert not leads_it(ana, found)
    assert not leads_it(coordinator(sao_paulo), found)


def test_events_come_after_a_number_in_order_and_bounded(ana: Officer, buenos_aires: Unit) -> None:
    found = operation(coordinator(buenos_aires))
    for number in range(1, 5):
        target(found, ana, address=f"192.0.2.{number}")
    all_of_them = [one.pk for one in events_after(found.pk, 0, at_most=100)]
    assert all_of_them == sorted(all_of_them)
    assert len(all_of_them) == 4
    assert [one.pk for one in events_after(found.pk, all_of_them[0], at_most=2)] == all_of_them[1:3]
