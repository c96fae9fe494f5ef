"""One legal request, whole and unchangeable: PDF and JSON are both written from this object.

It cannot be made with a sighting that is not resolvable: each line is judged again here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from luzeiro.casework.paper.instants import check, zone
from luzeiro.casework.requests.jurisdictions.table import Basis
from luzeiro.casework.requests.selection import Candidate, Circumstances, Reason, objection


class Kind(StrEnum):
    """What is asked of the provider."""

    PRESERVATION = "preservation"
    SUBSCRIBER = "subscriber"


class NotResolvable(ValueError):
    """A line that no provider can answer without guessing."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who asks, or who is asked. `reference` is an ASN, or empty."""

    name: str
    contact: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One question: who had this address (and port) at this instant. Numbered from 1."""

    number: int
    sighting: Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDocument:
    """A request to one provider about one address."""

    reference: str
    kind: Kind
    country: str  # ISO 3166-1 alpha-2
    language: str  # "es", "pt", "en"
    made_at: datetime
    unit: Party
    provider: Party
    provider_verified_at: datetime
    order: str  # which order it takes, in the language
    basis: tuple[Basis, ...]
    lead: UUID
    zone: str  # IANA
    zone_assumed: bool  # the region is not known: the country's usual zone
    circumstances: Circumstances
    retention_act: str
    retention_assumed: bool
    lines: tuple[Line, ...]
    left_out: tuple[tuple[Reason, int], ...]
    drawn_by: str
    sample: bool

    def __post_init__(self) -> None:
        for at in (self.made_at, self.provider_verified_at):
            check(at)
        zone(self.zone)
        if not self.lines:
            raise NotResolvable("a request has at least one line")
        if [line.number for line in self.lines] != list(range(1, len(self.lines) + 1)):
            raise ValueError("lines are numbered from 1")
        if len({line.sighting.address for line in self.lines}) != 1:
            raise ValueError("a request is about one address")
        if self.circumstances.now != self.made_at:
            raise ValueError("sightings are judged as of the instant at which the request is made")
        for line in self.lines:
            reason = objection(line.sighting, self.circumstances)
            if reason is not None:
                raise NotResolvable(f"line {line.number}: {reason}")

    @property
    def address(self) -> str:
        return self.lines[0].sighting.address

    @property
    def first_lost_at(self) -> datetime:
        """When the provider's record of the oldest line may be gone."""
        return self._lost_at(min(line.sighting.seen_at for line in self.lines))

    @property
    def last_lost_at(self) -> datetime:
        """When its record of the newest line may be gone: after this the request is in vain."""
        return self._lost_at(max(line.sighting.seen_at for line in self.lines))

    def _lost_at(self, seen_at: datetime) -> datetime:
        return seen_at + self.circumstances.retention
