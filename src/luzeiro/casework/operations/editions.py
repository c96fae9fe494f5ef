"""Editions of one operation beside one another: what each came to, as of one instant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from luzeiro.casework.operations.ledger import figures_of
from luzeiro.casework.operations.models import Operation
from luzeiro.casework.operations.outcomes import Figures


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition; `on`: the UTC day of its hour, or of its proposal while none is fixed."""

    label: str
    on: date
    figures: Figures


def editions_of(operations: Iterable[Operation], *, as_of: datetime) -> list[Edition]:
    """What each of these operations came to, the earliest first."""
    found = [
        Edition(
            label=one.edition or one.name,
            on=(one.h_hour_at or one.proposed_at).date(),
            figures=figures_of(one, as_of=as_of),
        )
        for one in operations
    ]
    return sorted(found, key=lambda one: (one.on, one.label))
