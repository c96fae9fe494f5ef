import pytest

from luzeiro.casework.deconfliction.services import claim_address, standing_claim
from luzeiro.casework.leads.models import Lead, Note, Task
from luzeiro.casework.officers.models import Officer, Role, Unit
from tests.casework.world import BRAZIL, NOW, a_lead, officer, seen, signed_in


def test_an_investigator_claims_and_the_second_unit_is_told(ana: Officer, elisa: Officer) -> None:
    lead = a_lead()
    signed_in(ana).post(f"/leads/{lead.pk}/claim")
    claim = standing_claim(lead.address)
    assert claim is not None
    assert claim.officer == ana
    answer = signed_in(elisa).post("/addresses/claim", {"address": lead.address}, follow=True)
    assert "Buenos Aires already works this address" in answer.content.decode()


def test_a_lead_is_assigned_and_a_refusal_is_told(ana: Officer, carla: Officer) -> None:
    lead, client = a_lead(), signed_in(carla)
    client.post(f"/leads/{lead.pk}/assign", {"officer": str(ana.pk)})
    assert Lead.objects.get().assigned_to == ana
    sent = {"officer": str(carla.pk)}
    told = client.post(f"/leads/{lead.pk}/assign", sent, follow=True).content.decode()
    assert "Ana already works this lead" in told
    client.post(f"/leads/{lead.pk}/unassign")
    assert Lead.objects.get().assigned_to is None
    client.post(f"/leads/{lead.pk}/assign", {"officer": "nonsense"})
    assert Lead.objects.get().assigned_to is None


def test_a_claim_elsewhere_is_told_when_assigning(ana: Officer, elisa: Officer) -> None:
    lead = a_lead()
    claim_address(address=lead.address, by=elisa, now=NOW)
    sent = {"officer": str(ana.pk)}
    told = signed_in(ana).post(f"/leads/{lead.pk}/assign", sent, follow=True).content.decode()
    assert "São Paulo works this address. Talk to them first" in told


def test_a_lead_is_closed_only_with_a_reason(ana: Officer) -> None:
    lead, client = a_lead(), signed_in(ana)
    client.post(f"/leads/{lead.pk}/close", {"reason": ""})
    assert Lead.objects.get().state == Lead.State.NEW
    client.post(f"/leads/{lead.pk}/close", {"reason": "no records"})
    assert Lead.objects.get().state == Lead.State.CLOSED


def test_notes_and_tasks_are_added_and_done(ana: Officer) -> None:
    lead, client = a_lead(), signed_in(ana)
    client.post(f"/leads/{lead.pk}/notes", {"text": "<b>bold</b>"})
    client.post(f"/leads/{lead.pk}/tasks", {"text": "ask", "due_on": "2026-04-01"})
    task = Task.objects.get()
    client.post(f"/leads/{lead.pk}/tasks/{task.pk}/done")
    assert Task.objects.get().done_at is not None
    client.post(f"/leads/{lead.pk}/purpose", {"purpose": "triage"})
    told = client.get(f"/leads/{lead.pk}?tab=notes").content.decode()
    assert "&lt;b&gt;bold" in told
    assert Note.objects.get().author == ana


def test_a_task_of_another_lead_is_not_there(ana: Officer) -> None:
    lead, other, client = a_lead(), a_lead(seen("192.0.2.2")), signed_in(ana)
    client.post(f"/leads/{lead.pk}/tasks", {"text": "ask"})
    path = f"/leads/{other.pk}/tasks/{Task.objects.get().pk}/done"
    assert client.post(path).status_code == 404


def test_a_coordinator_gives_a_lead_of_nobody_to_a_unit(buenos_aires: Unit) -> None:
    lead = a_lead(seen(place=BRAZIL))
    client = signed_in(officer("olga", Role.COORDINATOR, of=buenos_aires))
    client.post(f"/leads/{lead.pk}/give", {"unit": str(buenos_aires.pk)})
    assert Lead.objects.get().unit == buenos_aires


@pytest.mark.parametrize(("role", "status"), [("90", 302), ("-1", 422), ("x", 422)])
def test_a_supervisor_sets_the_weights(carla: Officer, role: str, status: int) -> None:
    client = signed_in(carla)
    lead = a_lead()
    sent = dict.fromkeys(lead.parts, "1") | {"role": role}
    assert client.post("/leads/ranking", sent).status_code == status
    assert (Lead.objects.get().score != lead.score) is (status == 302)
