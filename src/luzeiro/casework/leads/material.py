"""What leads are built from: what the builder asks of a sightings store, and nothing more."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from luzeiro.observations.grade import Grade
from luzeiro.observations.installs import Appearance
from luzeiro.observations.record import Role, UserId
from luzeiro.places.flags import Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a table says that the address lay when it was seen. Empty text: the table is silent."""

    country: str = ""  # ISO 3166-1 alpha-2
    region: str = ""  # ISO 3166-2
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float | None = None  # as the table gives it, never made smaller
    asn: int | None = None
    organisation: str = ""
    table: str = ""  # which table, and of which date
    flags: frozenset[Flag] = frozenset()


NOWHERE = Place()


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialSighting:
    """One sighting, as far as leads need it."""

    sighting_id: UUID
    address: bytes  # 16, v4 mapped
    port: int
    port_is_source: bool
    network: str
    seen_at: datetime
    clock_error_s: float | None
    identifier_kind: str
    identifier: bytes
    entry_id: int
    category: str  # "scheme:label", as in force when it was taken in
    completeness: float | None
    role: Role
    grade: Grade
    user_ids: tuple[UserId, ...]
    client: str
    place: Place
    segment: bytes  # SHA-256 of the segment's file
    position: int


class Material(Protocol):
    """A source of sightings."""

    def segments(self) -> Iterable[bytes]:
        """Every segment taken in, oldest first, by the SHA-256 of its file."""
        ...

    def addresses_in(self, segment: bytes) -> set[bytes]:
        """The addresses with a statement in a segment."""
        ...

    def sightings_of(self, addresses: Iterable[bytes]) -> Iterator[MaterialSighting]:
        """Every sighting, of an entry with a category, at these addresses; grades derived."""
        ...

    def appearances_of(self, user_ids: Iterable[UserId]) -> Iterator[Appearance]:
        """Where and when endpoints themselves spoke under these ids, at whatever address."""
        ...

    def holders_of(self, entries: Iterable[int]) -> dict[int, int]:
        """At how many addresses each entry was stated, ever."""
        ...

    def exchange(self, segment: bytes, position: int) -> bytes | None:
        """The raw exchange of one sighting, or None where the segment is elsewhere."""
        ...
