"""What officers do with operations and targets. Each deed and its entry are one transaction."""

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction

from luzeiro.casework.deconfliction.services import notice_for
from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.operations.access import leads_it
from luzeiro.casework.operations.checks import Check, Facts, failing
from luzeiro.casework.operations.models import (
    BoardEvent,
    Operation,
    Participation,
    Target,
    TargetState,
)
from luzeiro.casework.operations.refusals import (
    AnsweredAlready,
    ChecksFail,
    HourPassed,
    InvitedAlready,
    LeadNotToBring,
    NoOrder,
    NoSuchMove,
    NotLeading,
    NotTakingPart,
    NotYourTarget,
    OperationEnded,
    TargetAlready,
)
from luzeiro.casework.operations.states import State, may_move
from luzeiro.casework.operations.watching import wake
from luzeiro.casework.operations.words import check_told
from luzeiro.casework.paper.instants import zone
from luzeiro.casework.requests.jurisdictions.table import jurisdictions
from luzeiro.casework.requests.models import Request, Return

_OPENED = (TargetState.ENTERED, TargetState.SECURED, TargetState.RESULT)


@transaction.atomic
def propose(
    *, name: str, edition: str, by: Officer, now: datetime, fresh_days: int = 30
) -> Operation:
    """Propose an operation; the coordinator's unit leads it and takes part."""
    made = Operation.objects.create(
        name=name, edition=edition, unit=by.unit, proposed_by=by, proposed_at=now,
        fresh_days=fresh_days, sample=by.unit.sample,
    )  # fmt: skip
    Participation.objects.create(
        operation=made, unit=by.unit, invited_by=by, invited_at=now, answered_by=by,
        answered_at=now, accepted=True,
    )  # fmt: skip
    record("operation.proposed", subject=made.pk, actor=by, at=now)
    return made


@transaction.atomic
def invite(*, operation: Operation, unit: Unit, by: Officer, now: datetime) -> Participation:
    """Invite a unit.

    Raises:
        NotLeading, OperationEnded, InvitedAlready: as they say.
    """
    held = _led(operation, by)
    made, fresh = Participation.objects.get_or_create(
        operation=held, unit=unit, defaults={"invited_by": by, "invited_at": now}
    )
    if not fresh:
        raise InvitedAlready(unit=unit.name)
    record("operation.invited", subject=held.pk, actor=by, at=now, facts={"unit": str(unit.pk)})
    return made


@transaction.atomic
def answer(*, invitation: Participation, accepted: bool, by: Officer, now: datetime) -> None:
    """Accept or decline for one's own unit.

    Raises:
        NotTakingPart: it is another unit's invitation.
        AnsweredAlready: somebody did.
    """
    if invitation.unit_id != by.unit_id:
        raise NotTakingPart
    unanswered = Participation.objects.filter(pk=invitation.pk, answered_at=None)
    if unanswered.update(answered_by=by, answered_at=now, accepted=accepted) != 1:
        raise AnsweredAlready
    deed = "operation.accepted" if accepted else "operation.declined"
    record(deed, subject=invitation.operation_id, actor=by, at=now)


@transaction.atomic
def set_hour(*, operation: Operation, h_hour_at: datetime, by: Officer, now: datetime) -> None:
    """Fix the hour, one for all.

    Raises:
        NotLeading, OperationEnded: as they say.
        HourPassed: it lies behind, or somebody entered already.
    """
    held = _led(operation, by)
    if h_hour_at <= now or held.targets.filter(state__in=_OPENED).exists():
        raise HourPassed
    Operation.objects.filter(pk=held.pk).update(h_hour_at=h_hour_at)
    _tell(held, None, "hour", "", h_hour_at.isoformat()[:40], by, now)
    record(
        "operation.hour-set", subject=held.pk, actor=by, at=now,
        facts={"h_hour_at": h_hour_at.isoformat()},
    )  # fmt: skip


@transaction.atomic
def set_limits(
    *, operation: Operation, fresh_days: int, silent_minutes: int, by: Officer, now: datetime
) -> None:
    """Say how lately a target must have been seen, and how long a team may be silent.

    Raises:
        NotLeading, OperationEnded: as they say.
    """
    held = _led(operation, by)
    before = {"fresh_days": held.fresh_days, "silent_minutes": held.silent_minutes}
    after = {"fresh_days": fresh_days, "silent_minutes": silent_minutes}
    if before == after:
        return
    Operation.objects.filter(pk=held.pk).update(**after)
    record(
        "operation.limits-set", subject=held.pk, actor=by, at=now,
        facts={"before": before, "after": after},
    )  # fmt: skip


@transaction.atomic
def end(*, operation: Operation, by: Officer, now: datetime) -> None:
    """End the operation; what is not entered by now is withdrawn, and outcomes go on.

    Raises:
        NotLeading, OperationEnded: as they say.
    """
    held = _led(operation, by)
    for target in held.targets.exclude(state__in=[*_OPENED, TargetState.WITHDRAWN]):
        _move(held, target, State.WITHDRAWN, by, now)
    Operation.objects.filter(pk=held.pk).update(ended_at=now)
    record("operation.ended", subject=held.pk, actor=by, at=now)


@transaction.atomic
def bring(*, operation: Operation, lead: Lead, by: Officer, now: datetime) -> Target:
    """Bring a lead of one's own unit in as a target.

    Raises:
        NotTakingPart, OperationEnded, LeadNotToBring, TargetAlready: as they say.
    """
    held = _locked(operation)
    if not held.participations.filter(unit=by.unit, accepted=True).exists():
        raise NotTakingPart
    if lead.unit_id != by.unit_id:
        raise NotYourTarget
    if lead.state in (Lead.State.RECALLED, Lead.State.MERGED, Lead.State.CLOSED):
        raise LeadNotToBring
    if held.targets.filter(lead=lead).exists():
        raise TargetAlready
    law = jurisdictions().get(lead.country)
    country = lead.country or by.unit.country
    number = held.targets.filter(country=country).count() + 1
    made = Target.objects.create(
        operation=held,
        lead=lead,
        unit=by.unit,
        code=f"{country}-{number:03d}",
        country=country,
        zone=law.zone_of(lead.region) if law else by.unit.time_zone,
        brought_by=by,
        brought_at=now,
        sample=held.sample,
    )
    _tell(held, made, "state", "", State.PROPOSED, by, now)
    record("target.brought", subject=made.pk, actor=by, at=now, facts={"lead": str(lead.pk)})
    return made


@transaction.atomic
def note_people(*, target: Target, people: str, by: Officer, now: datetime) -> None:
    """Write down who is at risk at the place; empty: looked into, and nobody is known to be.

    Raises:
        NotYourTarget: it is another unit's.
    """
    _own(target, by)
    Target.objects.filter(pk=target.pk).update(people_at_risk=people, people_noted_at=now)
    record("target.people-noted", subject=target.pk, actor=by, at=now)


@transaction.atomic
def authorise(
    *, target: Target, order_number: str, order_expires_on: date, by: Officer, now: datetime
) -> None:
    """Enter the court's order.

    Raises:
        NotYourTarget, OperationEnded, NoSuchMove: as they say.
        NoOrder: no number.
    """
    held = _locked(target.operation)
    _own(target, by)
    if not order_number.strip():
        raise NoOrder
    _move(held, target, State.AUTHORISED, by, now)
    Target.objects.filter(pk=target.pk).update(
        order_number=order_number.strip(), order_expires_on=order_expires_on
    )


@transaction.atomic
def move(*, target: Target, to: State, by: Officer, now: datetime) -> None:
    """Move a target on, or back as far as the states allow.

    A door that was opened too early is recorded as such, and never refused: it was opened.

    Raises:
        NotYourTarget, OperationEnded, NoSuchMove: as they say.
        ChecksFail: it is not ready, and for which reasons.
    """
    held = _locked(target.operation)
    _own(target, by)
    if to is State.AUTHORISED and target.state == TargetState.PROPOSED:
        raise NoOrder
    if to is State.READY:
        missing = failing_of(target, held, now=now)
        if missing:
            raise ChecksFail(checks="; ".join(check_told(one) for one in missing))
    _move(held, target, to, by, now)


def failing_of(target: Target, operation: Operation, *, now: datetime) -> list[Check]:
    """Every check that does not hold for a target."""
    lead = Lead.objects.get(pk=target.lead_id)
    returns = list(
        Return.objects.filter(
            request__lead=lead, request__kind=Request.What.SUBSCRIBER
        ).prefetch_related("subscribers")
    )
    notice = notice_for(lead.address, target.brought_by)
    twice = operation.targets.filter(lead__address=lead.address).exclude(pk=target.pk)
    facts = Facts(
        last_seen_at=lead.last_seen_at,
        standing=lead.state not in (Lead.State.RECALLED, Lead.State.MERGED),
        usable_return=any(one.usable and len(one.subscribers.all()) > 0 for one in returns),
        blocked_or_disagreeing=bool(returns) and not returns[0].usable,
        order_number=target.order_number,
        order_expires_on=target.order_expires_on,
        worked_elsewhere=notice is not None,
        twice_in_operation=twice.exclude(state=TargetState.WITHDRAWN).exists(),
        people_noted=target.people_noted_at is not None,
    )
    return failing(
        facts,
        at=operation.h_hour_at or now,
        fresh=timedelta(days=operation.fresh_days),
        zone=zone(target.zone),
    )


def raise_production(*, target: Target, by: Officer, now: datetime) -> None:
    """Put a suspicion of production on the board at once. The caller holds the transaction."""
    held = _locked(target.operation)
    Target.objects.filter(pk=target.pk, production_at=None).update(production_at=now)
    _tell(held, target, "production", "", "suspected", by, now)


def _move(held: Operation, target: Target, to: State, by: Officer, now: datetime) -> None:
    """The caller holds the operation's lock: two clicks cannot both move a target."""
    if held.ended_at is not None and to not in (State.SECURED, State.RESULT):
        raise OperationEnded
    known = Target.objects.get(pk=target.pk)
    before = State(known.state)
    if not may_move(before, to):
        raise NoSuchMove(before=known.get_state_display(), after=str(TargetState(to.value).label))
    known.state = TargetState(to.value)
    known.last_news_at = now
    changed = ["state", "last_news_at"]
    if to is State.ENTERED:
        known.entered_at = now
        changed.append("entered_at")
    known.save(update_fields=changed)
    _tell(held, known, "state", before, to, by, now)
    record(f"target.{to.value}", subject=known.pk, actor=by, at=now, facts={"before": before.value})


def _tell(
    held: Operation, target: Target | None, kind: str, before: str, after: str, by: Officer,
    now: datetime,
) -> None:  # fmt: skip
    BoardEvent.objects.create(
        operation=held, target=target, kind=kind, before=before, after=after, at=now, by=by,
        sample=held.sample,
    )  # fmt: skip
    transaction.on_commit(partial(wake, held.pk))


def _locked(operation: Operation) -> Operation:
    """The operation's row, locked: its events are numbered in the order in which they commit."""
    return Operation.objects.select_for_update(of=("self",)).get(pk=operation.pk)


def _led(operation: Operation, by: Officer) -> Operation:
    held = _locked(operation)
    if not leads_it(by, held):
        raise NotLeading
    if held.ended_at is not None:
        raise OperationEnded
    return held


def _own(target: Target, by: Officer) -> None:
    if target.unit_id != by.unit_id:
        raise NotYourTarget
