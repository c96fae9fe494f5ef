from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.operations.models import Outcome, Target
from luzeiro.casework.paper.typeset import text_of
from tests.casework.operations.cases import coordinator, entered, joined, operation, target
from tests.casework.requests.cases import TODAY, provider, returned, sent
from tests.casework.world import officer, signed_in


def test_a_target_is_carried_from_its_checks_to_its_result(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    one = target(operation(coordinator(buenos_aires), at=TODAY), ana, at=TODAY)
    client, page = signed_in(ana), f"/targets/{one.pk}"
    assert client.get(page).content.decode().count("does not hold") == 3
    client.post(f"{page}/people", {"people": "two children live there"})
    client.post(f"{page}/order", {"order_number": "", "order_expires_on": ""})
    client.post(f"{page}/order", {"order_number": "7/26", "order_expires_on": "2100-01-01"})
    told = client.post(f"{page}/move", {"to": "ready"}, follow=True).content.decode()
    assert "Not ready. What does not hold: a subscriber return repeats" in told
    provider(carla, now=TODAY)
    of = Lead.objects.get()
    returned(sent(of, by=ana, approver=carla, at=TODAY), ana, TODAY)
    for to in ("ready", "authorised", "ready", "entered", "secured", "result", "nonsense"):
        client.post(f"{page}/move", {"to": to})
    assert Target.objects.get().state == "result"
    client.post(f"{page}/outcomes", {"what": "arrest", "count": "2"})
    client.post(f"{page}/outcomes", {"what": "device", "count": "1"})
    client.post(f"{page}/outcomes", {"what": "arrest", "count": "-1"})
    made = Outcome.objects.get()
    client.post(f"/outcomes/{made.pk}/correct", {"count": "1", "reason": "counted twice"})
    client.post(f"/outcomes/{made.pk}/correct", {"count": "1", "reason": ""})
    shown = client.get(page).content.decode()
    assert "<s>2</s>" in shown
    assert "counted twice" in shown


def test_another_units_target_is_404_on_every_page(
    ana: Officer, carla: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga, at=TODAY)
    joined(found, elisa, by=olga, at=TODAY)
    one = entered(target(found, ana, at=TODAY), ana, carla, at=TODAY)
    signed_in(ana).post(f"/targets/{one.pk}/outcomes", {"what": "search", "count": "1"})
    other = signed_in(elisa)
    assert other.get(f"/targets/{one.pk}").status_code == 404
    for deed in ("order", "people", "move", "outcomes", "briefing"):
        assert other.post(f"/targets/{one.pk}/{deed}").status_code == 404
    made = Outcome.objects.get()
    assert other.post(f"/outcomes/{made.pk}/correct", {"count": "0"}).status_code == 404


def test_a_briefing_shows_the_door_only_to_those_who_may_see_the_subscriber(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    one = entered(
        target(operation(coordinator(buenos_aires), at=TODAY), ana, at=TODAY), ana, carla, at=TODAY
    )
    hers = text_of(signed_in(ana).post(f"/targets/{one.pk}/briefing").content)
    assert "Sample Street 1" in hers
    assert "Other Street 2" not in hers  # the bill goes there; no door is opened for a bill
    bruno = officer("bruno", Role.INVESTIGATOR, of=buenos_aires)
    his = text_of(signed_in(bruno).post(f"/targets/{one.pk}/briefing").content)
    assert "Sample Street" not in his
    assert "btih" in his


def test_suspected_production_is_seen_at_once(
    ana: Officer, carla: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires), at=TODAY)
    one = entered(target(found, ana, at=TODAY), ana, carla, at=TODAY)
    client = signed_in(ana)
    sent_in = {"what": "suspected production", "count": "1"}
    client.post(f"/targets/{one.pk}/outcomes", sent_in)
    assert "a child may be in danger now" in client.get(f"/targets/{one.pk}").content.decode()
    alerts = client.get(f"/operations/{found.pk}/alerts").content.decode()
    assert alerts.index("Suspected production") < alerts.index("Entered before the hour")
