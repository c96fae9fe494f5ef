"""Installs: what follows from sightings under one durable user id (eD2k user hash, Gnutella GUID).

An installation, not a person, and not proven to be one: anybody can copy a user hash. Pure
functions over sightings that the endpoint itself made; hearsay tells nothing of an install. Whoever
builds leads brings places and decides what follows.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from luzeiro.observations.grade import Grade
from luzeiro.observations.record import UserId

EARTH_RADIUS_KM = 6371.0
FASTEST_KMH = 1000.0  # nobody and no router travels faster: an airliner does 900
TOGETHER_WITHIN = timedelta(minutes=10)  # what is seen so close is at once
FAR_KM = 300.0  # places nearer than this are not far, however quickly one follows the other


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address is said to be, and within which radius; some tables give no coordinates."""

    latitude: float | None  # degrees, north positive
    longitude: float | None  # degrees, east positive
    radius_km: float
    country: str = ""  # ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True)
class Appearance:
    """One sighting as far as it concerns an install."""

    user_id: UserId
    address: bytes  # 16 bytes, IPv4 mapped
    port: int
    seen_at: datetime  # UTC
    grade: Grade
    place: Place | None = None

    @property
    def counts(self) -> bool:
        """Whether the endpoint itself spoke, under an id that outlives a session."""
        return self.user_id.durable and self.grade.rank >= Grade.REACHED.rank


@dataclass(frozen=True, slots=True)
class Stay:
    """An install at one address, as long as it was seen nowhere else in between."""

    user_id: UserId
    address: bytes
    first_seen_at: datetime
    last_seen_at: datetime
    appearances: int


@dataclass(frozen=True, slots=True)
class Clone:
    """One user id at two places that no install could have been at: two installs share it.

    `apart_km` is the least distance that the places' radii leave; None: no coordinates, but two
    countries.
    """

    user_id: UserId
    first: Appearance
    second: Appearance
    apart_km: float | None


def stays(appearances: Iterable[Appearance]) -> list[Stay]:
    """Link an install's addresses over time: its stays, install by install, in order.

    Two addresses that take turns make many short stays: a moving device, a second address, or a
    clone (`clones` tells the last).
    """
    found = []
    for user_id, own in _by_install(appearances).items():
        spell: list[Appearance] = []
        for one in own:
            if spell and spell[-1].address != one.address:
                found.append(_stay(user_id, spell))
                spell = []
            spell.append(one)
        found.append(_stay(user_id, spell))
    return found


def clones(
    appearances: Iterable[Appearance],
    *,
    far_km: float = FAR_KM,
    together_within: timedelta = TOGETHER_WITHIN,
    fastest_kmh: float = FASTEST_KMH,
) -> list[Clone]:
    """Flag user ids seen at two far places at once, or one after the other too quickly.

    Where a table gives no coordinates, two countries at once are far. That flags a border, or an
    address of a carrier's that a table puts abroad, sooner than it misses a clone: what is flagged
    only never counts twice.

    Args:
        appearances: in any order; those without a place, and hearsay, are passed over.
        far_km: less than this apart is never far.
        together_within: what is seen so close in time is at once.
        fastest_kmh: beyond `together_within`, what nothing can exceed.

    Cost: n log n; each appearance is compared with the one before it of every other address of
    the same install.
    """
    found = []
    for user_id, own in _by_install(appearances).items():
        last: dict[bytes, Appearance] = {}
        for one in own:
            for other in last.values():
                apart_km, after = least_distance_km(other, one), one.seen_at - other.seen_at
                at_once = after <= together_within
                if apart_km is None:
                    far = at_once and _in_two_countries(other, one)
                else:
                    too_fast = apart_km > fastest_kmh * (after / timedelta(hours=1))
                    far = apart_km >= far_km and (at_once or too_fast)
                if far and other.address != one.address:
                    found.append(Clone(user_id, other, one, apart_km))
            last[one.address] = one
    return found


def least_distance_km(first: Appearance, second: Appearance) -> float | None:
    """How far apart two appearances were at least; None where a place is not known so well."""
    if first.place is None or second.place is None:
        return None
    between = _great_circle_km(first.place, second.place)
    if between is None:
        return None
    return max(0.0, between - first.place.radius_km - second.place.radius_km)


def moves(own_stays: Sequence[Stay]) -> Iterator[tuple[Stay, Stay]]:
    """Give each change of address of each install: the stay before and the one after."""
    for before, after in pairwise(own_stays):
        if before.user_id == after.user_id:
            yield before, after


def _by_install(appearances: Iterable[Appearance]) -> dict[UserId, list[Appearance]]:
    """Gather what counts by install, each in order of time."""
    gathered: dict[UserId, list[Appearance]] = {}
    for one in sorted(appearances, key=lambda one: (one.seen_at, one.address)):
        if one.counts:
            gathered.setdefault(one.user_id, []).append(one)
    return gathered


def _stay(user_id: UserId, spell: Sequence[Appearance]) -> Stay:
    return Stay(user_id, spell[0].address, spell[0].seen_at, spell[-1].seen_at, len(spell))


def _in_two_countries(first: Appearance, second: Appearance) -> bool:
    known = [one.place.country for one in (first, second) if one.place and one.place.country]
    return len(set(known)) == 2


def _great_circle_km(first: Place, second: Place) -> float | None:
    """The haversine formula (Sinnott, 1984); None without coordinates."""
    if first.latitude is None or first.longitude is None:
        return None
    if second.latitude is None or second.longitude is None:
        return None
    north = radians(second.latitude - first.latitude) / 2
    east = radians(second.longitude - first.longitude) / 2
    along = cos(radians(first.latitude)) * cos(radians(second.latitude)) * sin(east) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, sin(north) ** 2 + along)))
