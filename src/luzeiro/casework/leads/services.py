"""What officers do with leads. Each deed and its journal entry are one transaction."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from luzeiro.casework.deconfliction.services import notice_for, touch
from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.builder import refresh
from luzeiro.casework.leads.models import Export, Lead, Note, SavedView, Task, Weights
from luzeiro.casework.leads.ranking import Weighing
from luzeiro.casework.leads.refusals import (
    AlreadyAssigned,
    ElsewhereWorked,
    ExportNotApproved,
    ExportTaken,
    LeadRecalled,
    NotOfThisUnit,
    SecondPersonNeeded,
)
from luzeiro.casework.officers.models import Officer, Unit


@transaction.atomic
def open_lead(*, lead: Lead, purpose: str, by: Officer, now: datetime) -> None:
    """Record that an officer looks at a lead, and why."""
    record("lead.opened", subject=lead.pk, actor=by, at=now, purpose=purpose)
    touch(address=lead.address, by=by, now=now)


@transaction.atomic
def reveal(*, lead: Lead, what: str, purpose: str, by: Officer, now: datetime) -> None:
    """Record that full identifiers or raw bytes of a lead were shown."""
    record(
        "lead.revealed", subject=lead.pk, actor=by, at=now, purpose=purpose, facts={"what": what}
    )


@transaction.atomic
def assign_lead(*, lead: Lead, to: Officer, by: Officer, now: datetime) -> Lead:
    """Give a lead to an officer of its unit and record who gave it.

    Raises:
        AlreadyAssigned: another officer has it; the first of two clicks wins.
        NotOfThisUnit: the officer is of another unit.
        LeadRecalled: nothing stands behind it any more.
        ElsewhereWorked: another unit claims the address.
    """
    lead = (
        Lead.objects.select_for_update(of=("self",)).select_related("assigned_to").get(pk=lead.pk)
    )
    if lead.state in (Lead.State.RECALLED, Lead.State.MERGED):
        raise LeadRecalled
    if lead.assigned_to not in (None, to):
        raise AlreadyAssigned(holder=str(lead.assigned_to))
    if to.unit_id != lead.unit_id:
        raise NotOfThisUnit(officer=to.name)
    if notice := notice_for(lead.address, to):
        raise ElsewhereWorked(unit=notice.unit, contact=notice.contact)
    lead.assigned_to, lead.state = to, Lead.State.WORKED
    lead.save(update_fields=["assigned_to", "state"])
    record("lead.assigned", subject=lead.pk, actor=by, at=now, facts={"to": str(to.pk)})
    return lead


def assign_many(
    *, leads: Iterable[Lead], to: Officer, by: Officer, now: datetime
) -> tuple[int, int]:
    """Assign each lead that can be; says how many were, and how many were not."""
    done = refused = 0
    for lead in leads:
        try:
            assign_lead(lead=lead, to=to, by=by, now=now)
            done += 1
        except (AlreadyAssigned, NotOfThisUnit, LeadRecalled, ElsewhereWorked):
            refused += 1
    return done, refused


@transaction.atomic
def unassign_lead(*, lead: Lead, by: Officer, now: datetime) -> None:
    """Take a lead from whoever has it."""
    Lead.objects.filter(pk=lead.pk).update(assigned_to=None, state=Lead.State.NEW)
    record("lead.unassigned", subject=lead.pk, actor=by, at=now)


@transaction.atomic
def give_to_unit(*, lead: Lead, unit: Unit, by: Officer, now: datetime) -> None:
    """Give a lead that no jurisdiction holds to a unit.

    Raises:
        AlreadyAssigned: a unit has it.
    """
    held = Lead.objects.select_for_update(of=("self",)).select_related("unit").get(pk=lead.pk)
    if held.unit is not None:
        raise AlreadyAssigned(holder=held.unit.name)
    Lead.objects.filter(pk=lead.pk).update(unit=unit, unit_fixed=True)
    record("lead.given", subject=lead.pk, actor=by, at=now, facts={"to": str(unit.pk)})


@transaction.atomic
def close_lead(*, lead: Lead, reason: str, by: Officer, now: datetime) -> None:
    """Close a lead, or open a closed one again."""
    closed = lead.state == Lead.State.CLOSED
    state = Lead.State.WORKED if closed and lead.assigned_to_id else Lead.State.NEW
    state = state if closed else Lead.State.CLOSED
    if lead.state in (Lead.State.RECALLED, Lead.State.MERGED):
        raise LeadRecalled
    Lead.objects.filter(pk=lead.pk).update(state=state)
    deed = "lead.reopened" if closed else "lead.closed"
    record(deed, subject=lead.pk, actor=by, at=now, purpose=reason)


@transaction.atomic
def write_note(*, lead: Lead, text: str, by: Officer, now: datetime) -> Note:
    """Add a note."""
    note = Note.objects.create(lead=lead, author=by, written_at=now, text=text)
    record("lead.noted", subject=lead.pk, actor=by, at=now, facts={"note": note.pk})
    return note


@transaction.atomic
def add_task(*, lead: Lead, text: str, due_on: date | None, by: Officer, now: datetime) -> Task:
    """Add something to do."""
    task = Task.objects.create(lead=lead, author=by, made_at=now, text=text, due_on=due_on)
    record("lead.task-added", subject=lead.pk, actor=by, at=now, facts={"task": task.pk})
    return task


@transaction.atomic
def finish_task(*, task: Task, by: Officer, now: datetime) -> None:
    """Tick a task off; a second time changes nothing."""
    if Task.objects.filter(pk=task.pk, done_at=None).update(done_at=now):
        record("lead.task-done", subject=task.lead_id, actor=by, at=now, facts={"task": task.pk})


@transaction.atomic
def set_weights(*, unit: Unit, values: Mapping[str, float], by: Officer, now: datetime) -> Weighing:
    """Change what each reason counts in a unit's ranking, and rank its leads anew."""
    weighing = Weighing(**values)
    Weights.objects.update_or_create(unit=unit, defaults={"values": dict(values)})
    record("weights.set", subject=unit.pk, actor=by, at=now, facts=dict(values))
    refresh(now=now, unit_id=unit.pk)
    return weighing


@transaction.atomic
def save_view(*, name: str, query: str, by: Officer) -> SavedView:
    """Keep a list's filters under a name; the same name again replaces them."""
    view, _ = SavedView.objects.update_or_create(officer=by, name=name, defaults={"query": query})
    return view


@transaction.atomic
def ask_export(*, query: str, leads: int, purpose: str, by: Officer, now: datetime) -> Export:
    """Ask that a list may leave the building."""
    export = Export.objects.create(
        asked_by=by, asked_at=now, purpose=purpose, query=query, leads=leads
    )
    record(
        "export.asked", subject=export.pk, actor=by, at=now, purpose=purpose, facts={"leads": leads}
    )
    return export


@transaction.atomic
def approve_export(*, export: Export, by: Officer, now: datetime) -> None:
    """Approve what another asked for.

    Raises:
        SecondPersonNeeded: it is one's own.
    """
    if export.asked_by_id == by.pk:
        raise SecondPersonNeeded
    if Export.objects.filter(pk=export.pk, approved_at=None).update(
        approved_by=by, approved_at=now
    ):
        record("export.approved", subject=export.pk, actor=by, at=now, purpose=export.purpose)


@transaction.atomic
def take_export(*, export: Export, by: Officer, now: datetime) -> None:
    """Let an approved export leave, once.

    Raises:
        ExportNotApproved: nobody approved it.
        ExportTaken: it left before.
    """
    if export.approved_at is None:
        raise ExportNotApproved
    if Export.objects.filter(pk=export.pk, taken_at=None).update(taken_at=now) != 1:
        raise ExportTaken
    record(
        "export.taken",
        subject=export.pk,
        actor=by,
        at=now,
        purpose=export.purpose,
        facts={"leads": export.leads},
    )


@transaction.atomic
def record_package(
    *, lead_id: UUID, purpose: str, facts: Mapping[str, object], by: Officer | None, now: datetime
) -> None:
    """Record that an evidence package of a lead leaves the building.

    Args:
        lead_id: of a lead that is there (`evidence_of` says).
        purpose: in words, or empty: whoever works on the hub's own machine is not asked.
        facts: the package's SHA-256, how many sightings it holds, the machine's account.
        by: nobody, where it was made on the hub's own machine.
        now: the instant.
    """
    record("lead.packaged", subject=lead_id, actor=by, at=now, purpose=purpose, facts=facts)
