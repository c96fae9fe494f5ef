from datetime import timedelta

from luzeiro.casework.officers.models import Officer
from luzeiro.casework.requests.models import Request
from tests.casework.requests.cases import lead, provider, request, returned, sent
from tests.casework.world import NOW


def test_a_contact_is_stale_after_a_year(carla: Officer) -> None:
    made = provider(carla)
    assert not made.is_stale(NOW + timedelta(days=365))
    assert made.is_stale(NOW + timedelta(days=365, seconds=1))
    assert str(made) == "AS64500 Invented provider"


def test_verifying_again_renews_and_keeps_one_row(carla: Officer) -> None:
    first = provider(carla)
    again = provider(carla, contact="new@example.net", now=NOW + timedelta(days=9))
    assert again.pk == first.pk
    assert not again.is_stale(NOW + timedelta(days=370))


def test_requests_are_listed_by_whose_records_are_lost_first(ana: Officer, carla: Officer) -> None:
    provider(carla)
    later = request(lead(address="192.0.2.5", days=1), ana)
    sooner = request(lead(address="192.0.2.6", days=6), ana)
    assert list(Request.objects.visible_to(ana)) == [sooner, later]


def test_an_answer_is_blocked_or_disagrees_or_is_usable(ana: Officer, carla: Officer) -> None:
    provider(carla)
    made = sent(lead(), by=ana, approver=carla)
    good, bad = returned(made, ana), returned(made, ana, port="1")
    assert (good.blocked, good.usable) == (False, True)
    assert (bad.blocked, bad.usable) == (True, False)
