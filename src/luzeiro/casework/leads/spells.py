"""Spells of activity: an address that falls silent for long may have become somebody else's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from luzeiro.casework.leads.material import MaterialSighting
from luzeiro.observations.grade import Grade

# Providers hand addresses on within days; a silence longer than this begins another spell.
GAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Spell:
    """Sightings of one address without a long silence between them, oldest first."""

    sightings: tuple[MaterialSighting, ...]

    @property
    def first_at(self) -> datetime:
        return self.sightings[0].seen_at

    @property
    def last_at(self) -> datetime:
        return self.sightings[-1].seen_at


def spells(sightings: Iterable[MaterialSighting], *, gap: timedelta = GAP) -> list[Spell]:
    """Cut the sightings of one address into spells.

    Only statements count: hearsay and mere answers neither make a spell nor prolong one. The same
    sighting twice is one; the order given does not matter.
    """
    stated = {one.sighting_id: one for one in sightings if one.grade.rank >= Grade.STATED.rank}
    ordered = sorted(stated.values(), key=lambda one: (one.seen_at, one.sighting_id))
    cut: list[list[MaterialSighting]] = []
    for one in ordered:
        if not cut or one.seen_at - cut[-1][-1].seen_at > gap:
            cut.append([])
        cut[-1].append(one)
    return [Spell(tuple(group)) for group in cut]
