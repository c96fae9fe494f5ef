"""One report about one lead, whole and unchangeable: PDF and JSON are both written from it.

It cannot be made with a claim that its own records do not carry: each is checked again here.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from luzeiro.casework.paper.instants import check, zone
from luzeiro.casework.paper.phrases import LANGUAGES
from luzeiro.observations.grade import Grade
from luzeiro.places.flags import Flag


class Overstated(ValueError):
    """The report would say more than its records do."""


@dataclass(frozen=True, slots=True)
class Party:
    """Whose report it is."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What tables say of the address as of its sightings. Empty text: they are silent."""

    country: str  # ISO 3166-1 alpha-2
    region: str  # ISO 3166-2
    city: str
    radius_km: float | None
    asn: int | None
    organisation: str
    table: str
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote:
    """One body's standing judgement of a file, and the catalogue's revision that brought it."""

    source: str
    authority: bool
    category: str  # "scheme:label"
    list_name: str
    revision: int
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSeen:
    """One file that the address stated it holds. Numbered from 1; its content is nowhere."""

    number: int
    identifier_kind: str
    identifier: str  # shortened: a whole one is a locator, and is in the evidence package
    category: str  # "scheme:label", as in force when the sighting was taken in
    grade: Grade
    completeness: float | None  # the most that was stated, per cent
    sightings: int
    first_seen_at: datetime
    last_seen_at: datetime
    votes: tuple[CastVote, ...]  # as the catalogue has them now


@dataclass(frozen=True, slots=True)
class Install:
    """An id that the remote software gave itself: an installation, not a person."""

    kind: str
    value: str
    durable: bool
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSegment:
    """A segment that records lie in. `log_index` is None where the hub's log does not name it."""

    number: int
    sha256: str  # of the segment's file
    seal: str | None  # digest of what its collector signed
    log_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One record: what the address stated at one instant, and where the bytes lie."""

    number: int
    sighting: UUID
    address: str
    port: int
    port_is_source: bool
    seen_at: datetime  # UTC
    clock_error_s: float | None
    network: str
    grade: Grade
    completeness: float | None
    file: int | None  # its number here; None: beyond those that are listed
    segment: int  # its number here
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """What is known of one lead at one instant."""

    reference: str
    language: str  # "es", "pt", "en"
    as_of: datetime
    unit: Party
    drawn_by: str
    lead: UUID
    lead_state: str
    expired: bool
    address: str
    zone: str  # IANA
    zone_assumed: bool  # the region is not known: the country's usual zone
    first_seen_at: datetime
    last_seen_at: datetime
    days: int
    sightings_in_all: int
    files_in_all: tuple[tuple[Grade, int], ...]
    network: Network
    resolvable: bool
    doubts: tuple[str, ...]
    files: tuple[FileSeen, ...]
    installs: tuple[Install, ...]
    segments: tuple[SealedSegment, ...]
    statements: tuple[Statement, ...]  # the newest, oldest first
    software: str
    sample: bool

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"no report is written in {self.language!r}")
        zone(self.zone)
        for at in (self.as_of, self.first_seen_at, self.last_seen_at):
            check(at)
        self._check_numbers()
        self._check_statements()
        self._check_grades()

    def _check_numbers(self) -> None:
        for listed in (self.files, self.segments, self.statements):
            if [one.number for one in listed] != list(range(1, len(listed) + 1)):
                raise ValueError("what is listed is numbered from 1")

    def _check_statements(self) -> None:
        if not self.statements or not self.files:
            raise Overstated("nothing is left that a report could rest on")
        if len(self.statements) > self.sightings_in_all:
            raise Overstated("more records are listed than there are")
        for one in self.statements:
            if one.address != self.address:
                raise Overstated(f"record {one.number} is of another address")
            if not self.first_seen_at <= check(one.seen_at) <= self.last_seen_at:
                raise Overstated(f"record {one.number} lies outside of the lead's time")
            if not 1 <= one.segment <= len(self.segments):
                raise Overstated(f"record {one.number} rests on no segment")
            if one.file is not None and not 1 <= one.file <= len(self.files):
                raise Overstated(f"record {one.number} is of no file")

    def _check_grades(self) -> None:
        grades = [one.grade for one in self.files] + [one.grade for one in self.statements]
        if any(grade.rank < Grade.STATED.rank for grade in grades):
            raise Overstated("hearsay is nothing that a lead rests on")
        listed, told = Counter(one.grade for one in self.files), dict(self.files_in_all)
        if any(listed[grade] > told.get(grade, 0) for grade in listed):
            raise Overstated("files are listed with a stronger grade than they are counted with")
        for one in self.statements:
            if one.file is not None and one.grade.rank > self.files[one.file - 1].grade.rank:
                raise Overstated(f"record {one.number} is graded above its file")
