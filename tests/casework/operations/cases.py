"""Operations for tests: two units, targets of each, ready for the day."""

from datetime import date, datetime, timedelta

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.operations.models import Operation, Participation, Target
from luzeiro.casework.operations.services import (
    answer,
    authorise,
    bring,
    invite,
    move,
    note_people,
    propose,
    set_hour,
)
from luzeiro.casework.operations.states import State
from tests.casework.requests.cases import lead, provider, returned, sent
from tests.casework.world import NOW, officer

ORDER = date(2100, 1, 1)


def coordinator(of: Unit) -> Officer:
    return officer(f"coordinator-{of.country}-{of.name[:3]}", Role.COORDINATOR, of=of)


def operation(by: Officer, *, at: datetime = NOW) -> Operation:
    return propose(name="Invented light", edition="IX", by=by, now=at)


def joined(found: Operation, who: Officer, *, by: Officer, at: datetime = NOW) -> Participation:
    """A unit that was invited and accepted."""
    made = invite(operation=found, unit=who.unit, by=by, now=at)
    answer(invitation=made, accepted=True, by=who, now=at)
    return made


def target(
    found: Operation, by: Officer, *, address: str = "192.0.2.1", at: datetime = NOW
) -> Target:
    return bring(operation=found, lead=lead(address=address, at=at), by=by, now=at)


def prepared(one: Target, by: Officer, approver: Officer, *, at: datetime = NOW) -> Target:
    """All that must hold before the day, but for the last word."""
    provider(approver, now=at)
    of = Lead.objects.get(pk=one.lead_id)
    returned(sent(of, by=by, approver=approver, at=at), by, at)
    note_people(target=one, people="", by=by, now=at)
    authorise(target=one, order_number="12/2026", order_expires_on=ORDER, by=by, now=at)
    return Target.objects.get(pk=one.pk)


def ready(one: Target, by: Officer, approver: Officer, *, at: datetime = NOW) -> Target:
    found = prepared(one, by, approver, at=at)
    move(target=found, to=State.READY, by=by, now=at)
    return Target.objects.get(pk=one.pk)


def entered(one: Target, by: Officer, approver: Officer, *, at: datetime = NOW) -> Target:
    found = ready(one, by, approver, at=at)
    move(target=found, to=State.ENTERED, by=by, now=at + timedelta(minutes=1))
    return Target.objects.get(pk=one.pk)


def with_hour(found: Operation, by: Officer, *, hours: int = 24, at: datetime = NOW) -> Operation:
    set_hour(operation=found, h_hour_at=at + timedelta(hours=hours), by=by, now=at)
    return Operation.objects.get(pk=found.pk)
