from datetime import timedelta

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.operations.models import Operation, Participation, Target
from tests.casework.operations.cases import coordinator, joined, operation
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


def test_the_leading_coordinator_sets_the_limits_and_the_journal_keeps_both(
    ana: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga, at=TODAY)
    joined(found, elisa, by=olga, at=TODAY)
    page = f"/operations/{found.pk}"
    assert "Set the limits" in signed_in(olga).get(page).content.decode()
    signed_in(olga).post(f"{page}/limits", {"fresh_days": "7", "silent_minutes": "15"})
    found.refresh_from_db()
    assert (found.fresh_days, found.silent_minutes) == (7, 15)
    entry = JournalEntry.objects.get(deed="operation.limits-set")
    assert entry.facts == {
        "before": {"fresh_days": 30, "silent_minutes": 30},
        "after": {"fresh_days": 7, "silent_minutes": 15},
    }
    told = signed_in(elisa).get(page).content.decode()
    assert "within 7 days of the hour" in told
    assert "Set the limits" not in told
    assert signed_in(ana).post(f"{page}/limits", {"fresh_days": "1"}).status_code == 404


def test_limits_that_are_none_and_another_units_coordinator_change_nothing(
    elisa: Officer, buenos_aires: Unit
) -> None:
    olga = coordinator(buenos_aires)
    found = operation(olga, at=TODAY)
    joined(found, elisa, by=olga, at=TODAY)
    path = f"/operations/{found.pk}/limits"
    signed_in(olga).post(path, {"fresh_days": "0", "silent_minutes": "15"})
    other = officer("other", Role.COORDINATOR, of=elisa.unit)
    signed_in(other).post(path, {"fresh_days": "7", "silent_minutes": "15"})
    found.refresh_from_db()
    assert (found.fresh_days, found.silent_minutes) == (30, 30)
    assert not JournalEntry.objects.filter(deed="operation.limits-set").exists()
