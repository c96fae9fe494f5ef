"""The one door to claims and offers: one's own unit's, else 404."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from luzeiro.casework.deconfliction.models import Claim, Transfer
from luzeiro.casework.officers.models import Officer

STALE_AFTER = timedelta(days=30)


def claims_of(officer: Officer) -> QuerySet[Claim]:
    """Standing claims of the officer's unit, the longest untouched first."""
    return Claim.objects.filter(unit=officer.unit, released_at=None).select_related("officer")


def claim_for(officer: Officer, claim_id: int) -> Claim:
    return get_object_or_404(claims_of(officer), pk=claim_id)


def offers_of(officer: Officer) -> QuerySet[Transfer]:
    """Open offers made by or to the officer's unit."""
    mine = Q(to_unit=officer.unit) | Q(claim__unit=officer.unit)
    return Transfer.objects.filter(mine, answered_at=None).select_related(
        "claim__unit", "to_unit", "offered_by"
    )


def offer_for(officer: Officer, transfer_id: int) -> Transfer:
    """An offer to the officer's own unit, answered or not."""
    return get_object_or_404(
        Transfer.objects.select_related("claim__unit", "to_unit"),
        pk=transfer_id,
        to_unit=officer.unit,
    )


def is_stale(claim: Claim, now: datetime) -> bool:
    return now - claim.touched_at > STALE_AFTER
