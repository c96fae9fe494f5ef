"""What a country asks of a request: legal basis, form, languages, retention, time zones.

One file a country, named by its ISO 3166-1 code: a new country is one new file. What a file cannot
source says so (`known = false`), and papers print it as to be confirmed by the unit's counsel.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from luzeiro.casework.paper.instants import zone


@dataclass(frozen=True, slots=True)
class Basis:
    """One act that a request rests on. `known`: sourced; else counsel is still to confirm it."""

    act: str
    article: str
    known: bool


@dataclass(frozen=True, slots=True)
class LegalForm:
    """How one kind of request is made: which order it takes, by language, and on which acts."""

    order: Mapping[str, str]
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long providers must keep who had an address. `days` None: no duty that is sourced."""

    days: int | None
    act: str
    known: bool

    @property
    def period(self) -> timedelta | None:
        return timedelta(days=self.days) if self.days is not None else None


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One country's file."""

    country: str  # ISO 3166-1 alpha-2
    name: Mapping[str, str]
    languages: tuple[str, ...]  # of papers; the first is the usual one
    usual_zone: str
    zones: Mapping[str, str]  # ISO 3166-2 to IANA
    preservation: LegalForm
    subscriber: LegalForm
    retention: Retention

    def zone_of(self, region: str) -> str:
        """The zone of a region; the usual one where the region is not known or is not listed."""
        return self.zones.get(region, self.usual_zone)

    @property
    def all_zones(self) -> tuple[str, ...]:
        return tuple(sorted({self.usual_zone, *self.zones.values()}))


@cache
def jurisdictions() -> Mapping[str, Jurisdiction]:
    """Every country that has a file, by its code.

    Raises:
        ValueError: a file that lacks something, or names no time zone.
    """
    places = sorted(
        files("luzeiro.casework.requests.jurisdictions").iterdir(), key=lambda place: place.name
    )
    found = [
        _read(place.name, tomllib.loads(place.read_text(encoding="utf-8")))
        for place in places
        if place.name.endswith(".toml")
    ]
    return {one.country: one for one in found}


def _read(name: str, told: dict[str, Any]) -> Jurisdiction:  # Any: as TOML gives it
    try:
        found = Jurisdiction(
            country=told["country"],
            name=told["name"],
            languages=tuple(told["languages"]),
            usual_zone=told["zone"],
            zones={region: one["zone"] for one in told["zones"] for region in one["regions"]},
            preservation=_form(told["preservation"]),
            subscriber=_form(told["subscriber"]),
            retention=Retention(
                days=told["retention"].get("days"),
                act=told["retention"]["act"],
                known=told["retention"]["known"],
            ),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{name}: {error} is missing or misshapen") from error
    if name != f"{found.country}.toml":
        raise ValueError(f"{name} is of {found.country}: name it so")
    for one in found.all_zones:
        zone(one)
    return found


def _form(told: dict[str, Any]) -> LegalForm:
    basis = tuple(Basis(one["act"], one["article"], one["known"]) for one in told["basis"])
    return LegalForm(order=told["order"], basis=basis)
