from datetime import timedelta

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.operations.ledger import add_outcome
from luzeiro.casework.operations.models import Operation, Participation, Target
from luzeiro.casework.operations.outcomes import What
from luzeiro.casework.paper.typeset import text_of
from tests.casework.operations.cases import coordinator, entered, joined, operation, target
from tests.casework.requests.cases import TODAY, lead
from tests.casework.world import officer, signed_in


def test_an_operation_is_proposed_joined_given_an_hour_and_ended(
    ana: Officer, sao_paulo: Unit, buenos_aires: Unit
) -> None:
    olga = signed_in(coordinator(buenos_aires))
    fabio = signed_in(officer("fabio", Role.SUPERVISOR, of=sao_paulo))
    olga.post("/operations/", {"name": "Luz", "edition": "IX"})
    found = Operation.objects.get()
    page = f"/operations/{found.pk}"
    assert "Luz IX" in olga.get("/operations/").content.decode()
    assert fabio.get(page).status_code == 404
    olga.post(f"{page}/invite", {"unit": str(sao_paulo.pk)})
    invitation = Participation.objects.get(unit=sao_paulo)
    assert "has not accepted yet" in fabio.get(page).content.decode()
    assert fabio.get(f"{page}/board").status_code == 404
    fabio.post(f"/invitations/{invitation.pk}/answer", {"accept": "yes"})
    assert fabio.get(f"{page}/board").status_code == 200
    hour = (TODAY + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    olga.post(f"{page}/hour", {"at": hour})
    assert Operation.objects.get().h_hour_at is not None
    olga.post(f"{page}/hour", {"at": "nonsense"})
    of = lead(at=TODAY)
    signed_in(ana).post(f"{page}/bring", {"lead": str(of.pk)})
    assert Target.objects.get().code == "AR-001"
    assert "AR-001" in signed_in(ana).get(page).content.decode()
    assert of.address not in fabio.get(page).content.decode()
    assert of.address not in fabio.get(f"{page}/board").content.decode()
    olga.post(f"{page}/end")
    assert Operation.objects.get().ended_at is not None
    told = olga.post(f"{page}/end", follow=True).content.decode()
    assert "This operation has ended" in told


def test_only_coordinators_propose_and_only_supervisors_accept(
    ana: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    assert signed_in(ana).post("/operations/", {"name": "x"}).status_code == 404
    olga = coordinator(buenos_aires)
    assert signed_in(olga).post("/operations/", {}).status_code == 422
    found = operation(olga)
    made = Participation.objects.create(
        operation=found, unit=elisa.unit, invited_by=olga, invited_at=TODAY
    )
    sent = {"accept": "yes"}
    assert signed_in(elisa).post(f"/invitations/{made.pk}/answer", sent).status_code == 404
    carlos = officer("carlos", Role.SUPERVISOR, of=buenos_aires)
    assert signed_in(carlos).post(f"/invitations/{made.pk}/answer", sent).status_code == 404
    for deed in ("invite", "hour", "end"):
        assert signed_in(ana).post(f"/operations/{found.pk}/{deed}").status_code == 404


def test_a_lead_of_another_unit_cannot_be_brought(elisa: Officer, buenos_aires: Unit) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga)
    joined(found, elisa, by=olga)
    of = lead(at=TODAY)
    signed_in(elisa).post(f"/operations/{found.pk}/bring", {"lead": str(of.pk)})
    assert not Target.objects.exists()
    Lead.objects.update(unit=elisa.unit)
    signed_in(elisa).post(f"/operations/{found.pk}/bring", {"lead": str(of.pk)})
    assert Target.objects.get().unit == elisa.unit


def test_figures_and_papers_say_as_of_when_and_of_what(
    ana: Officer, carla: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    found = operation(coordinator(buenos_aires), at=TODAY)
    one = entered(target(found, ana, at=TODAY), ana, carla, at=TODAY)
    add_outcome(target=one, what=What.ARREST, count=2, by=ana, now=TODAY)
    client = signed_in(ana)
    page = client.get(f"/operations/{found.pk}/figures").content.decode()
    assert "Invented light IX" in page
    assert "2 people arrested in 1 country" in page
    before = (TODAY - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    then = client.get(f"/operations/{found.pk}/figures?as_of={before}").content.decode()
    assert "0 people arrested" in then
    for kind, language in (("communique", "pt"), ("report", "en")):
        answer = client.post(f"/operations/{found.pk}/papers/{kind}/{language}")
        assert answer["Content-Type"] == "application/pdf"
        assert "Invented light IX" in text_of(answer.content)
    assert JournalEntry.objects.filter(deed="operation.paper").count() == 2
    assert client.post(f"/operations/{found.pk}/papers/other/en").status_code == 404
    assert client.post(f"/operations/{found.pk}/papers/report/xx").status_code == 404
    assert signed_in(elisa).get(f"/operations/{found.pk}/figures").status_code == 404
    assert signed_in(elisa).post(f"/operations/{found.pk}/papers/report/en").status_code == 404
