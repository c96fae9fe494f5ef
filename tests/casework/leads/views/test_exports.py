import csv
import io

from luzeiro.casework.leads.models import Export, Lead
from luzeiro.casework.officers.models import Officer, Role, Unit
from tests.casework.world import BRAZIL, a_lead, officer, seen, signed_in


def test_a_list_leaves_once_after_a_second_person_approved(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    a_lead()
    a_lead(seen("192.0.2.2", place=BRAZIL))
    Lead.objects.update(expires_at="2100-01-01T00:00Z")
    client, other = signed_in(ana), officer("dario", Role.SUPERVISOR, of=buenos_aires)
    client.post("/leads/exports/ask", {"purpose": "request", "query": "country=AR"})
    export = Export.objects.get()
    assert export.leads == 1
    assert client.post(f"/leads/exports/{export.pk}/approve").status_code == 404
    signed_in(other).post(f"/leads/exports/{export.pk}/approve")
    assert signed_in(carla).post(f"/leads/exports/{export.pk}/take").status_code == 404
    taken = client.post(f"/leads/exports/{export.pk}/take")
    rows = list(csv.DictReader(io.StringIO(taken.content.decode())))
    assert [row["address"] for row in rows] == ["192.0.2.1"]
    assert taken["Content-Disposition"].startswith("attachment")
    again = client.post(f"/leads/exports/{export.pk}/take", follow=True)
    assert "left once already" in again.content.decode()


def test_an_export_needs_a_purpose(ana: Officer) -> None:
    signed_in(ana).post("/leads/exports/ask", {"purpose": "", "query": ""})
    assert not Export.objects.exists()


def test_taking_it_out_asks_for_the_second_factor_again(ana: Officer) -> None:
    client = signed_in(ana, fresh=False)
    client.post("/leads/exports/ask", {"purpose": "request", "query": ""})
    answer = client.post(f"/leads/exports/{Export.objects.get().pk}/take")
    assert answer["Location"].startswith("/confirm?")
    assert Export.objects.get().taken_at is None
