"""Adding to the ledger of outcomes, and asking it."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.operations.models import Operation, Outcome, Target, TargetState
from luzeiro.casework.operations.outcomes import Entry, Figures, What, figures
from luzeiro.casework.operations.refusals import (
    CorrectedAlready,
    DeviceTypeMissing,
    NotYourTarget,
    TooEarlyForOutcomes,
)
from luzeiro.casework.operations.services import raise_production

_ENTERED = (TargetState.ENTERED, TargetState.SECURED, TargetState.RESULT)


@transaction.atomic
def add_outcome(
    *, target: Target, what: What, count: int, detail: str = "", by: Officer, now: datetime
) -> Outcome:
    """Add an entry. A suspicion of production goes on the board in the same transaction.

    Raises:
        NotYourTarget, TooEarlyForOutcomes, DeviceTypeMissing: as they say.
    """
    _may(target, by)
    if what is What.DEVICE and not detail:
        raise DeviceTypeMissing
    made = Outcome.objects.create(
        target=target,
        what=what.value,
        detail=detail if what is What.DEVICE else "",
        count=count,
        recorded_at=now,
        recorded_by=by,
        sample=target.sample,
    )
    Target.objects.filter(pk=target.pk).update(last_news_at=now)
    if what is What.PRODUCTION and count:
        raise_production(target=target, by=by, now=now)
    record(
        "outcome.added", subject=target.pk, actor=by, at=now,
        facts={"outcome": made.pk, "what": what.value, "count": count},
    )  # fmt: skip
    return made


@transaction.atomic
def correct(*, outcome: Outcome, count: int, reason: str, by: Officer, now: datetime) -> Outcome:
    """Add an entry that takes the place of another; 0 takes it back. Both stay in the ledger.

    Raises:
        NotYourTarget: as it says.
        CorrectedAlready: another correction took its place before.
    """
    _may(outcome.target, by)
    try:
        with transaction.atomic():
            made = Outcome.objects.create(
                target=outcome.target,
                what=outcome.what,
                detail=outcome.detail,
                count=count,
                recorded_at=now,
                recorded_by=by,
                corrects=outcome,
                reason=reason,
                sample=outcome.sample,
            )
    except IntegrityError as error:
        raise CorrectedAlready from error
    record(
        "outcome.corrected", subject=outcome.target_id, actor=by, at=now, purpose=reason,
        facts={"outcome": outcome.pk, "by": made.pk, "count": count},
    )  # fmt: skip
    return made


def figures_of(operation: Operation, *, as_of: datetime, country: str = "") -> Figures:
    """What an operation came to, or one country in it, as its ledger said at an instant."""
    rows = Outcome.objects.filter(target__operation=operation)
    return figures(entries(rows), as_of=as_of, scope=str(operation), country=country)


def entries(rows: QuerySet[Outcome]) -> list[Entry]:
    """Rows of the ledger, as its arithmetic takes them."""
    return [
        Entry(
            number=row.pk,
            target=row.target.code,
            country=row.target.country,
            what=What(row.what),
            detail=row.detail,
            count=row.count,
            recorded_at=row.recorded_at,
            corrects=row.corrects_id,
        )
        for row in rows.select_related("target").order_by("pk")
    ]


def _may(target: Target, by: Officer) -> None:
    if target.unit_id != by.unit_id:
        raise NotYourTarget
    if Target.objects.get(pk=target.pk).state not in _ENTERED:
        raise TooEarlyForOutcomes
