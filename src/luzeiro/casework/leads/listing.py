"""A page of the list: what a row shows is read, and nothing else of a lead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery

from luzeiro.casework.deconfliction.models import Claim
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer

PAGE = 50
COUNTED = 2_000  # nobody pages further: who looks for more asks for less


@dataclass(frozen=True, slots=True)
class ListedLead:
    """A lead as a row shows it; `elsewhere`: the other unit that works its address."""

    id: UUID
    score: float
    address: str
    country: str
    region: str
    grade: str
    resolvable: bool
    entries: int
    days: int
    last_seen_at: datetime
    unit_id: UUID | None
    sample: bool
    assigned_to: str | None
    elsewhere: str | None


_COLUMNS = (
    "id", "score", "address", "country", "region", "grade", "resolvable", "entries", "days",
    "last_seen_at", "unit_id", "sample", "assigned_to__name", "elsewhere",
)  # fmt: skip


class LeadPages(Paginator):  # type: ignore[type-arg] # not generic at run time
    """Pages of leads. They are counted only so far, from an index alone.

    Args:
        leads: those asked for, in their order.
        officer: who asks: the names of other units that work an address are hers to know.
    """

    def __init__(self, leads: QuerySet[Lead], officer: Officer) -> None:
        self._leads = leads
        claims = Claim.objects.filter(address=OuterRef("address"), released_at=None)
        others = claims.exclude(unit=officer.unit_id).order_by().values("unit__name")
        rows = leads.annotate(elsewhere=Subquery(others[:1])).values_list(*_COLUMNS)
        super().__init__(rows, PAGE)

    @cached_property
    def count(self) -> int:
        return self._leads.order_by().values("state")[:COUNTED].count()

    @property
    def capped(self) -> bool:
        """Whether there may be more than are counted."""
        return self.count >= COUNTED


def read_rows(rows: Iterable[tuple[Any, ...]]) -> list[ListedLead]:
    """Read rows of `LeadPages` (Any: each column's own type)."""
    return [ListedLead(*row) for row in rows]
