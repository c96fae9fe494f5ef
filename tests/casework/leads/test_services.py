import pytest

from luzeiro.casework.deconfliction.services import claim_address, standing_claim
from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.models import Export, Lead, SavedView, Task
from luzeiro.casework.leads.refusals import (
    AlreadyAssigned,
    ElsewhereWorked,
    ExportNotApproved,
    ExportTaken,
    LeadRecalled,
    NotOfThisUnit,
    SecondPersonNeeded,
)
from luzeiro.casework.leads.services import (
    add_task,
    approve_export,
    ask_export,
    assign_lead,
    assign_many,
    close_lead,
    finish_task,
    give_to_unit,
    open_lead,
    reveal,
    save_view,
    set_weights,
    take_export,
    unassign_lead,
    write_note,
)
from luzeiro.casework.officers.models import Officer, Unit
from tests.casework.world import BRAZIL, NOW, a_lead, seen


def deeds() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("deed", flat=True))


def test_the_first_of_two_who_assign_wins(ana: Officer, carla: Officer) -> None:
    lead = a_lead()
    assign_lead(lead=lead, to=ana, by=carla, now=NOW)
    with pytest.raises(AlreadyAssigned, match="Ana"):
        assign_lead(lead=lead, to=carla, by=carla, now=NOW)
    assert Lead.objects.get().assigned_to == ana
    assert deeds() == ["lead.assigned"]


def test_a_lead_stays_in_its_unit(ana: Officer, elisa: Officer) -> None:
    with pytest.raises(NotOfThisUnit):
        assign_lead(lead=a_lead(), to=elisa, by=ana, now=NOW)


def test_nothing_is_built_on_a_recalled_lead(ana: Officer) -> None:
    lead = a_lead()
    Lead.objects.update(state=Lead.State.RECALLED)
    with pytest.raises(LeadRecalled):
        assign_lead(lead=lead, to=ana, by=ana, now=NOW)


def test_an_address_that_another_unit_works_is_not_assigned(ana: Officer, elisa: Officer) -> None:
    lead = a_lead()
    claim_address(address=lead.address, by=elisa, now=NOW)
    with pytest.raises(ElsewhereWorked, match="duty officer of São Paulo"):
        assign_lead(lead=lead, to=ana, by=ana, now=NOW)


def test_many_are_assigned_as_far_as_they_can_be(ana: Officer, carla: Officer) -> None:
    leads = [a_lead(seen(f"192.0.2.{last}")) for last in (1, 2, 3)]
    assign_lead(lead=leads[0], to=carla, by=carla, now=NOW)
    assert assign_many(leads=leads, to=ana, by=carla, now=NOW) == (2, 1)
    unassign_lead(lead=leads[1], by=carla, now=NOW)
    assert Lead.objects.filter(assigned_to=ana).count() == 1


def test_opening_a_lead_is_journalled_with_its_purpose_and_touches_the_claim(ana: Officer) -> None:
    lead = a_lead()
    claim_address(address=lead.address, by=ana, now=NOW.replace(year=2025))
    open_lead(lead=lead, purpose="triage", by=ana, now=NOW)
    entry = JournalEntry.objects.get(deed="lead.opened")
    assert (entry.purpose, entry.subject, entry.actor) == ("triage", str(lead.pk), ana)
    claim = standing_claim(lead.address)
    assert claim is not None
    assert claim.touched_at == NOW
    reveal(lead=lead, what="identifiers", purpose="triage", by=ana, now=NOW)
    assert deeds()[-1] == "lead.revealed"


def test_a_coordinator_gives_a_lead_of_nobody_to_a_unit_once(
    carla: Officer, buenos_aires: Unit
) -> None:
    lead = a_lead(seen(place=BRAZIL))
    give_to_unit(lead=lead, unit=buenos_aires, by=carla, now=NOW)
    assert Lead.objects.get().unit == buenos_aires
    with pytest.raises(AlreadyAssigned):
        give_to_unit(lead=lead, unit=buenos_aires, by=carla, now=NOW)


def test_a_lead_is_closed_with_a_reason_and_opened_again(ana: Officer) -> None:
    lead = a_lead()
    close_lead(lead=lead, reason="no records kept", by=ana, now=NOW)
    closed = Lead.objects.get()
    assert closed.state == Lead.State.CLOSED
    close_lead(lead=closed, reason="they were found", by=ana, now=NOW)
    assert Lead.objects.get().state == Lead.State.NEW
    assert deeds() == ["lead.closed", "lead.reopened"]


def test_notes_and_tasks_are_kept_and_journalled(ana: Officer) -> None:
    lead = a_lead()
    write_note(lead=lead, text="a note", by=ana, now=NOW)
    task = add_task(lead=lead, text="ask the provider", due_on=None, by=ana, now=NOW)
    finish_task(task=task, by=ana, now=NOW)
    finish_task(task=task, by=ana, now=NOW)
    assert Task.objects.get().done_at == NOW
    assert deeds() == ["lead.noted", "lead.task-added", "lead.task-done"]


def test_new_weights_rank_the_units_leads_anew(carla: Officer, buenos_aires: Unit) -> None:
    lead = a_lead()
    values = dict.fromkeys(lead.parts, 0.0) | {"role": 1.0}
    set_weights(unit=buenos_aires, values=values, by=carla, now=NOW)
    assert Lead.objects.get().score == pytest.approx(100)
    assert JournalEntry.objects.get(deed="weights.set").facts["role"] == 1.0


def test_a_view_of_the_same_name_is_replaced(ana: Officer) -> None:
    save_view(name="mine", query="mine=1", by=ana)
    save_view(name="mine", query="mine=1&sort=last", by=ana)
    assert SavedView.objects.get().query == "mine=1&sort=last"


def test_an_export_needs_a_second_person_and_leaves_once(ana: Officer, carla: Officer) -> None:
    export = ask_export(query="", leads=1, purpose="request: 12", by=carla, now=NOW)
    with pytest.raises(ExportNotApproved):
        take_export(export=export, by=carla, now=NOW)
    with pytest.raises(SecondPersonNeeded):
        approve_export(export=export, by=carla, now=NOW)
    approve_export(export=export, by=ana, now=NOW)
    approved = Export.objects.get()
    take_export(export=approved, by=carla, now=NOW)
    with pytest.raises(ExportTaken):
        take_export(export=approved, by=carla, now=NOW)
    assert deeds() == ["export.asked", "export.approved", "export.taken"]
