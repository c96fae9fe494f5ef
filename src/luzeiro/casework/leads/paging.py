"""Pages of leads by where the last one ended: as quick in the middle as at the start, and a lead
that comes meanwhile moves none from one page to another.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from uuid import UUID

from django.db.models import Q, QuerySet

from luzeiro.casework.leads.filters import SORTS
from luzeiro.casework.leads.models import Lead


class MarkError(Exception):
    """A mark that was not given here, or for another order."""


def mark(lead: Lead, sort: str) -> str:
    """Where a page ends that ends with this lead."""
    value = getattr(lead, SORTS[sort][0].lstrip("-"))
    told = value.isoformat() if isinstance(value, datetime) else repr(value)
    return f"{sort}~{told}~{lead.pk}"


def after(leads: QuerySet[Lead], sort: str, told: str) -> QuerySet[Lead]:
    """The leads after a mark, in the order that `LeadFilter.apply` gave them.

    Raises:
        MarkError: it cannot be read, or is of another order.
    """
    key = SORTS[sort][0]
    field = key.lstrip("-")
    try:
        of, raw, pk = told.split("~")
        value, last = _READ[field](raw), UUID(pk)
    except (KeyError, ValueError, OverflowError) as error:
        raise MarkError(f"{told[:80]!r} is no mark of a page") from error
    if of != sort:
        raise MarkError(f"{told[:80]!r} is the mark of another order than {sort!r}")
    beyond = "lte" if key.startswith("-") else "gte"
    # The first condition, alone, is where an index can begin.
    return leads.filter(Q(**{f"{field}__{beyond}": value})).exclude(
        Q(**{field: value, "id__lte": last})
    )


def _score(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(text)
    return value.astimezone(UTC)


_READ: dict[str, Callable[[str], float | datetime]] = {
    "score": _score,
    "entries": int,
    "last_seen_at": _instant,
    "first_seen_at": _instant,
}
