"""Guesses that come too fast: what failed of late, by the client's address and in all.

A lock of one account (`credentials.py`) does not stop who tries many accounts, or links of nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.models import FailedAttempt
from luzeiro.casework.officers.refusals import TooManyAttempts

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures within the window are borne; None: any number."""

    of_one_address: int
    in_all: int | None


LIMITS = {
    FailedAttempt.Kind.LINK: Limit(10, 200),
    # Not in all: a stranger could keep everybody out.
    FailedAttempt.Kind.PASSWORD: Limit(30, None),
}


def check_allowed(kind: FailedAttempt.Kind, *, address: str | None, now: datetime) -> None:
    """Let an attempt be made.

    Raises:
        TooManyAttempts: too many of its kind failed within the last quarter of an hour.
    """
    limit, lately = LIMITS[kind], FailedAttempt.objects.filter(kind=kind, at__gt=now - WINDOW)
    if lately.filter(address=address).count() >= limit.of_one_address:
        raise TooManyAttempts
    if limit.in_all is not None and lately.count() >= limit.in_all:
        raise TooManyAttempts


@transaction.atomic
def count_attempt(kind: FailedAttempt.Kind, *, address: str | None, now: datetime) -> None:
    """Count a failure and journal it, and once when a limit is reached. Old ones are forgotten.

    Of what was typed nothing is kept: people type passwords where a login belongs.
    """
    FailedAttempt.objects.filter(at__lte=now - WINDOW).delete()
    FailedAttempt.objects.create(kind=kind, address=address, at=now)
    told = {"kind": kind.value, "address": address}
    record("attempt.failed", actor=None, at=now, facts=told)
    lately, limit = FailedAttempt.objects.filter(kind=kind), LIMITS[kind]
    if lately.filter(address=address).count() == limit.of_one_address:
        record("attempts.limited", actor=None, at=now, facts=told)
    if lately.count() == limit.in_all:
        record("attempts.limited", actor=None, at=now, facts={"kind": kind.value})
