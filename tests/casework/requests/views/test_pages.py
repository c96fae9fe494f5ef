import json

from django.test import Client

from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.requests.models import Request
from luzeiro.casework.requests.services import withdraw
from tests.casework.requests.cases import TODAY, lead, provider, request, sent
from tests.casework.world import officer, signed_in


def test_a_request_is_drawn_up_approved_by_another_and_taken(ana: Officer, carla: Officer) -> None:
    provider(carla, now=TODAY)
    of = lead(at=TODAY)
    hers, supervisors = signed_in(ana), signed_in(carla)
    assert hers.get(f"/leads/{of.pk}/request")["Location"] == f"/leads/{of.pk}"  # asks why
    hers.post(f"/leads/{of.pk}/purpose", {"purpose": "request"})
    page = hers.get(f"/leads/{of.pk}/request").content.decode()
    assert "What enters" in page
    assert "40000" in page
    hers.post(f"/leads/{of.pk}/request", {"kind": "subscriber", "language": "es"})
    made = Request.objects.get()
    assert made.reference in hers.get("/requests/").content.decode()
    assert "waits for another supervisor" in hers.get(f"/requests/{made.pk}").content.decode()
    assert hers.post(f"/requests/{made.pk}/approve").status_code == 404
    told = supervisors.post(f"/requests/{made.pk}/approve", follow=True).content.decode()
    assert "Approved. It can leave now." in told
    pdf = hers.post(f"/requests/{made.pk}/take/pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-1.7")
    data = hers.post(f"/requests/{made.pk}/take/json")
    assert json.loads(data.content)["reference"] == made.reference
    assert hers.post(f"/requests/{made.pk}/take/exe").status_code == 404


def test_a_refusal_is_told_and_leads_back_to_the_lead(ana: Officer) -> None:
    of = lead(at=TODAY)
    client = signed_in(ana)
    client.post(f"/leads/{of.pk}/purpose", {"purpose": "request"})
    told = client.get(f"/leads/{of.pk}/request", follow=True).content.decode()
    assert "Nobody has entered whom to ask about AS64500" in told


def test_nothing_is_taken_before_it_is_approved(ana: Officer, carla: Officer) -> None:
    provider(carla, now=TODAY)
    made = request(lead(at=TODAY), ana, at=TODAY)
    told = signed_in(ana).post(f"/requests/{made.pk}/take/pdf", follow=True).content.decode()
    assert "This request is drawn up: that cannot be done now." in told


def test_taking_and_approving_ask_for_a_fresh_second_factor(ana: Officer, carla: Officer) -> None:
    provider(carla, now=TODAY)
    made = request(lead(at=TODAY), ana, at=TODAY)
    stale = signed_in(carla, fresh=False)
    assert stale.post(f"/requests/{made.pk}/approve")["Location"].startswith("/")
    assert Request.objects.get().state == Request.State.DRAWN_UP


def test_a_request_is_withdrawn_with_a_reason(ana: Officer, carla: Officer) -> None:
    provider(carla, now=TODAY)
    made = request(lead(at=TODAY), ana, at=TODAY)
    client = signed_in(ana)
    client.post(f"/requests/{made.pk}/withdraw", {"reason": ""})
    assert Request.objects.get().state == Request.State.DRAWN_UP
    client.post(f"/requests/{made.pk}/withdraw", {"reason": "a mistake"})
    assert Request.objects.get().state == Request.State.WITHDRAWN
    told = client.post(f"/requests/{made.pk}/withdraw", {"reason": "again"}, follow=True)
    assert "that cannot be done now" in told.content.decode()


def test_another_units_request_is_404_on_every_page(
    ana: Officer, carla: Officer, elisa: Officer, sao_paulo: Unit
) -> None:
    provider(carla, now=TODAY)
    of = lead(at=TODAY)
    made = sent(of, by=ana, approver=carla, at=TODAY)
    others: list[Client] = [
        signed_in(elisa),
        signed_in(officer("fabio", Role.SUPERVISOR, of=sao_paulo)),
        signed_in(officer("olga", Role.COORDINATOR, of=sao_paulo)),
    ]
    for client in others:
        assert client.get(f"/requests/{made.pk}").status_code == 404
        assert client.get(f"/leads/{of.pk}/request").status_code == 404
        assert client.post(f"/requests/{made.pk}/take/pdf").status_code == 404
        assert client.post(f"/requests/{made.pk}/withdraw", {"reason": "x"}).status_code == 404
        assert client.post(f"/requests/{made.pk}/return").status_code in (302, 404)
    assert others[1].post(f"/requests/{made.pk}/approve").status_code == 404


def test_a_withdrawn_request_offers_no_paper(ana: Officer, carla: Officer) -> None:
    provider(carla, now=TODAY)
    made = request(lead(at=TODAY), ana, at=TODAY)
    withdraw(request=made, reason="x", by=ana, now=TODAY)
    assert "Take the PDF" not in signed_in(ana).get(f"/requests/{made.pk}").content.decode()
