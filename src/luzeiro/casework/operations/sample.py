"""The sample's operation: six countries, from requests to a communiqué, played in minutes.

Its 66 arrests are nowhere written as a sum: they are what the ledger adds up to once every target
was played.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.operations.ledger import add_outcome, correct
from luzeiro.casework.operations.models import (
    BoardEvent,
    Operation,
    Outcome,
    Participation,
    Target,
    TargetState,
)
from luzeiro.casework.operations.outcomes import Device, What
from luzeiro.casework.operations.services import (
    answer,
    authorise,
    bring,
    end,
    invite,
    move,
    note_people,
    propose,
    set_hour,
)
from luzeiro.casework.operations.states import State
from luzeiro.casework.paper.instants import utc_text
from luzeiro.casework.refusals import Refusal
from luzeiro.casework.requests.document import Kind
from luzeiro.casework.requests.models import Provider, Request, Return, Subscriber
from luzeiro.casework.requests.returns import Answer
from luzeiro.casework.requests.services import (
    approve,
    draw_up,
    take,
    take_in,
    verify_provider,
)
from luzeiro.casework.requests.written import read_json

NAME, EDITION = "Luz de muestra", "IX"
COORDINATOR = "sample-olga"
# Country: who works, who approves, people arrested in the reference case.
UNITS = {
    "AR": ("sample-ana", "sample-carla", 30),
    "BR": ("sample-elisa", "sample-fabio", 26),
    "PY": ("sample-gloria", "sample-hugo", 5),
    "US": ("sample-mary", "sample-neil", 2),
    "EC": ("sample-ines", "sample-jorge", 2),
    "CR": ("sample-karla", "sample-luis", 1),
}
_FRESH_DAYS = 60  # sample leads are seen over sixty days
_HOUR = 0.06  # the share of the day after which the hour strikes; one door opens before it
_MOST_TARGETS = 12  # of a country: a room plays them in minutes


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens at a target, at a share of the time."""

    at: float  # 0 to 1
    target: Target
    do: Callable[[datetime], object]


def operation() -> Operation | None:
    """The sample's operation, if it is loaded."""
    return Operation.objects.filter(sample=True, name=NAME).first()


def load(*, now: datetime) -> Operation:
    """Prepare the operation up to its last check; where it is there already, nothing changes."""
    if (found := operation()) is not None:
        return found
    with transaction.atomic():
        olga = Officer.objects.get(login=COORDINATOR)
        made = propose(name=NAME, edition=EDITION, by=olga, now=now, fresh_days=_FRESH_DAYS)
        set_hour(operation=made, h_hour_at=now + timedelta(minutes=1), by=olga, now=now)
        for worker, approver, arrests in UNITS.values():
            who = Officer.objects.get(login=worker)
            if who.unit_id != olga.unit_id:
                invitation = invite(operation=made, unit=who.unit, by=olga, now=now)
                answer(invitation=invitation, accepted=True, by=who, now=now)
            wanted = min(arrests, _MOST_TARGETS)
            _targets(made, who, Officer.objects.get(login=approver), wanted, now)
    return Operation.objects.get(pk=made.pk)


def play(
    found: Operation,
    *,
    over: timedelta,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> int:
    """Play the day over so much time; says how many people were arrested.

    Args:
        found: the sample's operation, as `load` made it.
        over: how long the day takes.
        now: the time.
        sleep: waits so many seconds.
    """
    began, seconds = now(), over.total_seconds()
    olga = Officer.objects.get(login=COORDINATOR)
    hour = began + max(_HOUR * over, timedelta(seconds=1))
    set_hour(operation=found, h_hour_at=hour, by=olga, now=began)
    for step in sorted(steps(found), key=lambda step: (step.at, step.target.code)):
        wait = step.at * seconds - (now() - began).total_seconds()
        if wait > 0:
            sleep(wait)
        step.do(now())
    end(operation=found, by=olga, now=now())
    rows = Outcome.objects.filter(target__operation=found, what=What.ARREST, corrected_by=None)
    return sum(rows.values_list("count", flat=True))


def steps(found: Operation) -> Iterator[Step]:
    """What happens at each target that is ready: it is entered at the hour, and so on."""
    for country, (worker, _, arrests) in UNITS.items():
        who = Officer.objects.get(login=worker)
        targets = list(found.targets.filter(country=country, state=TargetState.READY))
        for place, target in enumerate(targets):
            share = arrests // len(targets) + (place < arrests % len(targets))
            yield from _day(target, place, share, who)


@transaction.atomic
def remove() -> None:
    """Remove the sample's operations, requests and providers; what is real stays."""
    BoardEvent.objects.filter(sample=True).delete()
    while (last := Outcome.objects.filter(sample=True, corrected_by=None)).exists():
        last.delete()
    Target.objects.filter(sample=True).delete()
    Participation.objects.filter(operation__sample=True).delete()
    Operation.objects.filter(sample=True).delete()
    Subscriber.objects.filter(returned__sample=True).delete()
    Return.objects.filter(sample=True).delete()
    Request.objects.filter(sample=True).delete()
    Provider.objects.filter(sample=True).delete()


def _targets(made: Operation, who: Officer, approver: Officer, wanted: int, now: datetime) -> None:
    """Bring so many leads of a unit in, and carry each to its last check."""
    ready = 0
    for lead in Lead.objects.filter(unit=who.unit, sample=True).standing().order_by("-score"):
        if ready == wanted:
            return
        asn = lead.place.get("asn")
        if asn and not Provider.objects.filter(asn=asn).exists():
            verify_provider(
                asn=asn, country=lead.country, organisation=f"Sample provider {asn}",
                contact="legal@example.net", retention_days=None, keeps_ports=False, by=approver,
                now=now,
            )  # fmt: skip
        try:
            with transaction.atomic():
                _prepare(made, lead, who, approver, now)
        except Refusal:  # not resolvable, or another unit's: a sample has such leads as well
            continue
        ready += 1


def _prepare(made: Operation, lead: Lead, who: Officer, approver: Officer, now: datetime) -> None:
    asked = draw_up(lead=lead, kind=Kind.SUBSCRIBER, language="es", by=who, now=now)
    approve(request=asked, by=approver, now=now)
    take(request=asked, form="pdf", by=who, now=now)
    take_in(request=asked, raw=b"sample", answers=_answers(asked), form="json", by=who, now=now)
    target = bring(operation=made, lead=lead, by=who, now=now)
    note_people(target=target, people="", by=who, now=now)
    authorise(
        target=target,
        order_number=f"MUESTRA {target.code}",
        order_expires_on=date(now.year + 1, 12, 31),
        by=who,
        now=now,
    )
    target.refresh_from_db()
    move(target=target, to=State.READY, by=who, now=now)


def _answers(asked: Request) -> list[Answer]:
    """An invented subscriber who repeats what was asked."""
    return [
        Answer(
            reference=asked.reference,
            line=str(line.number),
            address=line.sighting.address,
            port=str(line.sighting.port),
            at=utc_text(line.sighting.seen_at),
            name="Persona de muestra",
            document=f"MUESTRA {asked.pk.hex[:8]}",
            installation_address="Calle de muestra 100",
            billing_address="Calle de muestra 200",
        )
        for line in read_json(asked.document).lines
    ]


def _day(target: Target, place: int, arrests: int, who: Officer) -> Iterator[Step]:
    early = place == 5  # somebody always opens a door too soon
    begin = 0.02 if early else 0.08 + 0.03 * (place % 12)

    def moved(to: State) -> Callable[[datetime], object]:
        return lambda at: move(target=target, to=to, by=who, now=at)

    def added(what: What, count: int, detail: str = "") -> Callable[[datetime], object]:
        return lambda at: add_outcome(
            target=target, what=what, count=count, detail=detail, by=who, now=at
        )

    def corrected(what: What, count: int) -> Callable[[datetime], object]:
        return lambda at: correct(
            outcome=Outcome.objects.filter(target=target, what=what, corrected_by=None)[0],
            count=count,
            reason="counted twice",
            by=who,
            now=at,
        )

    yield Step(begin, target, moved(State.ENTERED))
    yield Step(begin + 0.1, target, moved(State.SECURED))
    yield Step(begin + 0.12, target, added(What.SEARCH, 1))
    yield Step(begin + 0.14, target, added(What.RIGHT_ADDRESS, 1))
    yield Step(begin + 0.2, target, added(What.DEVICE, 1 + place % 3, Device.COMPUTER.value))
    yield Step(begin + 0.22, target, added(What.DEVICE, 1, Device.TELEPHONE.value))
    if place == 2:
        yield Step(begin + 0.25, target, added(What.PRODUCTION, 1))
        yield Step(begin + 0.3, target, added(What.CHILD_SAFEGUARDED, 1))
    # The first count is one too many at one target, and is corrected later.
    mistaken = place == 1
    if arrests:
        yield Step(begin + 0.35, target, added(What.ARREST, arrests + mistaken))
    yield Step(begin + 0.4, target, added(What.CONFIRMED, 1))
    yield Step(begin + 0.45, target, moved(State.RESULT))
    if mistaken and arrests:
        yield Step(0.97, target, corrected(What.ARREST, arrests))
