"""How urgent a lead is: a sum of named parts, each between 0 and 1, under weights in one table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from luzeiro.casework.leads.material import MaterialSighting
from luzeiro.catalogue.schemes.internal import Act, Age, Depiction, Kind
from luzeiro.catalogue.schemes.tables import to_internal
from luzeiro.observations.grade import Grade
from luzeiro.observations.record import Role

MANY_ENTRIES = 100  # as many distinct entries as count in full
MANY_DAYS = 14
HALF_LIFE_DAYS = 14.0  # of recency


@dataclass(frozen=True, slots=True)
class Parts:
    """The reasons, each 0 to 1."""

    severity: float
    entries: float
    availability: float
    persistence: float
    recency: float
    grade: float
    role: float


@dataclass(frozen=True, slots=True)
class Weighing:
    """What each reason counts; any scale, for only their shares matter."""

    severity: float = 30
    entries: float = 20
    availability: float = 15
    persistence: float = 10
    recency: float = 10
    grade: float = 10
    role: float = 5


def weigh(
    sightings: Sequence[MaterialSighting], holders: Mapping[int, int], now: datetime
) -> Parts:
    """Say why a lead matters.

    Args:
        sightings: the spell's, at least one.
        holders: at how many addresses each entry was stated; rare files weigh more, since each
            who offers one keeps it available.
        now: for recency.
    """
    entries = {one.entry_id for one in sightings}
    days = {one.seen_at.date() for one in sightings}
    return Parts(
        severity=max(severity(one.category) for one in sightings),
        entries=_log_share(len(entries), MANY_ENTRIES),
        availability=sum(1 / max(1, holders.get(entry, 1)) for entry in entries) / len(entries),
        persistence=_log_share(len(days), MANY_DAYS),
        recency=recency(max(one.seen_at for one in sightings), now),
        grade=1.0 if any(one.grade is Grade.CORROBORATED for one in sightings) else 0.5,
        role=1.0 if any(one.role is Role.SHARING_WHOLE for one in sightings) else 0.4,
    )


def recency(last_seen_at: datetime, now: datetime) -> float:
    """1 while it goes on, half of that each fortnight of silence."""
    silent_days = max(0.0, (now - last_seen_at).total_seconds() / 86_400)
    return float(0.5 ** (silent_days / HALF_LIFE_DAYS))


def score(parts: Parts, weighing: Weighing) -> float:
    """0 to 100: the weighted mean of the parts."""
    weights = asdict(weighing)
    total = sum(weights.values())
    if total <= 0:
        return 0.0
    values = asdict(parts)
    return float(100 * sum(weights[name] * values[name] for name in weights) / total)


def severity(category: str) -> float:
    """How grave a category is held to be, 0 to 1; what nobody can read counts little."""
    scheme, _, label = category.partition(":")
    meaning = to_internal(scheme, label)
    if meaning is None:
        return 0.2
    if meaning.kind is not Kind.ABUSE:
        return 0.3
    grave = {Act.PENETRATION, Act.ANIMAL, Act.SADISM}
    acts = 1.0 if meaning.acts <= grave else 0.8 if meaning.acts & grave else 0.6
    ages = 1.0 if meaning.ages == {Age.PREPUBESCENT} else 0.85
    real = 1.0 if Depiction.REAL in meaning.depictions else 0.5
    return acts * ages * real


def _log_share(count: int, many: int) -> float:
    return min(1.0, math.log1p(count) / math.log1p(many))
