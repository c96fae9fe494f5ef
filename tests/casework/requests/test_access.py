import pytest
from django.http import Http404

from luzeiro.casework.leads.services import assign_lead
from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.requests.access import (
    may_see_subscribers,
    providers,
    request_for,
    requests_of,
    return_for,
    subscribers_for,
)
from tests.casework.requests.cases import lead, provider, returned, sent
from tests.casework.world import NOW, officer


def test_another_units_requests_and_returns_are_not_there(
    ana: Officer, carla: Officer, elisa: Officer
) -> None:
    provider(carla)
    made = sent(lead(), by=ana, approver=carla)
    back = returned(made, ana)
    assert request_for(ana, made.pk) == made
    assert return_for(carla, back.pk) == back
    assert not requests_of(elisa).exists()
    for door, key in ((request_for, made.pk), (return_for, back.pk)):
        with pytest.raises(Http404):
            door(elisa, key)


def test_an_auditor_or_administrator_sees_no_request(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    provider(carla)
    made = sent(lead(), by=ana, approver=carla)
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.TRAINER, Role.CURATOR):
        with pytest.raises(Http404):
            request_for(officer(f"other-{role}", role, of=buenos_aires), made.pk)


def test_a_subscriber_is_for_those_who_work_the_lead_alone(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    provider(carla)
    of = lead()
    back = return_for(ana, returned(sent(of, by=ana, approver=carla), ana).pk)
    bruno = officer("bruno", Role.INVESTIGATOR, of=buenos_aires)
    assert return_for(bruno, back.pk) == back  # he sees that there is an answer, and no person
    assert not may_see_subscribers(bruno, back)
    assert not subscribers_for(bruno, back).exists()
    for who in (ana, carla):
        assert may_see_subscribers(who, back)
        assert subscribers_for(who, back).count() == 3
    assign_lead(lead=of, to=bruno, by=carla, now=NOW)
    again = return_for(bruno, back.pk)
    assert may_see_subscribers(bruno, again)
    assert subscribers_for(bruno, again).exists()


def test_providers_are_everybodys(carla: Officer) -> None:
    made = provider(carla)
    assert list(providers()) == [made]
