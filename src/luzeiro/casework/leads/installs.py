"""A lead's installs: where else each was seen, and which are clones (observations/installs.py).

An id that is at two far places at once is copied, or its sightings are misplaced: either way it
joins nothing. What only such an id corroborates counts as stated, no more.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from luzeiro.casework.leads.material import Material, MaterialSighting
from luzeiro.observations.grade import Grade
from luzeiro.observations.installs import Appearance, Clone, Place, Stay, clones, stays
from luzeiro.observations.record import UserId

_DIGEST_OVER_BYTES = 32  # longer ids, such as public keys, are named by their SHA-256


@dataclass(frozen=True, slots=True)
class Install:
    """What follows from all appearances of one durable id."""

    stays: tuple[Stay, ...]
    clones: tuple[Clone, ...]

    @property
    def is_cloned(self) -> bool:
        return bool(self.clones)

    @property
    def apart_km(self) -> float | None:
        """How far apart at least its farthest places at once were, where that is known."""
        return max((one.apart_km for one in self.clones if one.apart_km is not None), default=None)

    @property
    def sha256(self) -> str:
        """Of what leads show of it, but for instants: when it changes, they are laid anew."""
        told = repr((self.is_cloned, [one.address for one in self.stays]))
        return hashlib.sha256(told.encode()).hexdigest()


Installs = Mapping[UserId, Install]


def installs_in(sightings: Iterable[MaterialSighting], material: Material) -> Installs:
    """Work out the install of each durable id in some sightings, from wherever it appeared."""
    wanted = {user for one in sightings for user in one.user_ids if user.durable}
    found: dict[UserId, list[Appearance]] = defaultdict(list)
    if wanted:
        for one in material.appearances_of(
            sorted(wanted, key=lambda user: (user.kind, user.value))
        ):
            found[one.user_id].append(one)
    return {
        user: Install(tuple(stays(appearances)), tuple(clones(appearances)))
        for user, appearances in found.items()
    }


def without_clones(
    sightings: Sequence[MaterialSighting], installs: Installs
) -> list[MaterialSighting]:
    """Take from one address's sightings what a cloned id alone corroborates.

    Two UTC days at this address corroborate by themselves, and so does another id that is no clone.
    """
    days: dict[object, set[object]] = defaultdict(set)
    for one in sightings:
        days[_file(one)].add(one.seen_at.date())
    twice: dict[object, set[object]] = defaultdict(set)
    for one in sightings:
        for user in one.user_ids:
            if user.durable and not _is_cloned(user, installs):
                twice[user, _file(one)].add(one.sighting_id)

    def stands(one: MaterialSighting) -> bool:
        if one.grade is not Grade.CORROBORATED:
            return True
        if not any(_is_cloned(user, installs) for user in one.user_ids):
            return True
        ours = any(len(twice[user, _file(one)]) > 1 for user in one.user_ids)
        return ours or len(days[_file(one)]) > 1

    return [one if stands(one) else replace(one, grade=Grade.STATED) for one in sightings]


def appearances_from(
    sightings: Iterable[MaterialSighting], user_ids: Iterable[UserId]
) -> Iterable[Appearance]:
    """The appearances of some ids in a heap of sightings."""
    wanted = set(user_ids)
    for one in sightings:
        where = one.place
        known = where.country or where.latitude is not None
        place = Place(where.latitude, where.longitude, where.radius_km or 0.0, where.country)
        for user in one.user_ids:
            if user in wanted:
                told = (one.address, one.port, one.seen_at, one.grade, place if known else None)
                yield Appearance(user, *told)


def named(value: bytes) -> str:
    """An id as a lead keeps it: hexadecimal, or its SHA-256 where it is long."""
    return value.hex() if len(value) <= _DIGEST_OVER_BYTES else hashlib.sha256(value).hexdigest()


def _file(one: MaterialSighting) -> tuple[object, ...]:
    return one.identifier_kind, one.identifier, one.entry_id


def _is_cloned(user: UserId, installs: Installs) -> bool:
    return user in installs and installs[user].is_cloned
