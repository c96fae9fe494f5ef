"""The named questions that the rest of the hub asks: what goes in, the SQL, what comes out.

Written once, in what ClickHouse 18 and today's both understand; every engine gives the same rows
in the same order (each is ordered by something unique) and the same Arrow types. Bytes of sightings
are never text in SQL (filters.py). `GLOBAL IN` is plain IN on one machine, and right on a cluster.

Addresses are 16 bytes (IPv4 mapped), instants Int64 microseconds since 1970 UTC, days and hours
whole numbers since then. "" means unplaced or unknown. Counts of addresses are exact: evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

import pyarrow as pa

from luzeiro.observations.identifiers import Identifier
from luzeiro.sightings.filters import (
    DAY_US,
    SPOKE,
    STATED,
    literal,
    microseconds,
    of_address,
    of_identifier,
    one_of,
    one_of_users,
)

HOUR_US = 3_600_000_000
_SPAN = "min(seen_at) AS first_seen_at, max(seen_at) AS last_seen_at"
_STRENGTH = f"count() AS sightings, countIf({STATED}) AS stated"


class Question(Protocol):
    """One named question with its arguments."""

    @property
    def answer(self) -> pa.Schema:
        """What comes back."""
        ...

    def sql(self) -> str:
        """The question, in the portable subset."""
        ...


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns.items()])


_ADDRESS, _TEXT, _COUNT, _AT = pa.binary(16), pa.string(), pa.uint64(), pa.int64()
_COUNTS = {"sightings": _COUNT, "stated": _COUNT, "first_seen_at": _AT, "last_seen_at": _AT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From `since` on, before `until`, both UTC; None leaves that end open."""

    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[str]:
        """The window as conditions on `seen_at`."""
        return [
            *([] if self.since is None else [f"seen_at >= {microseconds(self.since)}"]),
            *([] if self.until is None else [f"seen_at < {microseconds(self.until)}"]),
        ]


ALWAYS = Window()


@dataclass(frozen=True, slots=True)
class RegionRanking:
    """The addresses of a country, or of one region of it, those with most stated entries first."""

    country: str  # ISO 3166-1 alpha-2
    region: str | None = None  # ISO 3166-2, such as "AR-B"
    window: Window = ALWAYS
    limit: int = 100
    answer: ClassVar[pa.Schema] = _schema(
        remote_address=_ADDRESS,
        region=_TEXT,
        stated_entries=_COUNT,
        days=_COUNT,
        **_COUNTS,
        categories=pa.list_(_TEXT),  # of stated sightings, when they were taken in; sorted
    )

    def sql(self) -> str:
        where = [f"country = {literal(self.country.encode())}"]
        where += [] if self.region is None else [f"region = {literal(self.region.encode())}"]
        these = _all(where, self.window)
        entries, cut = f"uniqExactIf(entry_id, {STATED})", f"LIMIT {int(self.limit)}"
        # First which they are, then all about these: of a million addresses, that spares most.
        first = (
            f"SELECT remote_address FROM sightings WHERE {these} GROUP BY remote_address"
            f" ORDER BY {entries} DESC, countIf({STATED}) DESC, count() DESC, remote_address {cut}"
        )
        return (
            f"SELECT remote_address, max(region) AS in_region, {entries} AS stated_entries,"
            f" uniqExact(intDiv(seen_at, {DAY_US})) AS days, {_STRENGTH}, {_SPAN},"
            f" arraySort(groupUniqArrayIf(ifNull(category, ''), {STATED} AND category IS NOT NULL))"
            f" AS categories FROM sightings WHERE {these} AND remote_address GLOBAL IN ({first})"
            " GROUP BY remote_address ORDER BY stated_entries DESC, stated DESC, sightings DESC,"
            f" remote_address {cut}"
        )


@dataclass(frozen=True, slots=True)
class AddressInWindow:
    """Every sighting at one address, oldest first, with what a lead is made from."""

    address: bytes
    window: Window = ALWAYS
    answer: ClassVar[pa.Schema] = _schema(
        sighting_id=_ADDRESS,
        network=_TEXT,
        remote_port=pa.uint16(),
        port_kind=_TEXT,
        seen_at=_AT,
        clock_error_s=pa.float64(),
        identifier_kind=_TEXT,
        identifier=pa.binary(),
        file_index=pa.int32(),  # -1: the torrent as a whole
        entry_id=pa.int64(),
        category=_TEXT,
        list_revision=pa.int64(),
        completeness=pa.float64(),
        role=_TEXT,
        client=_TEXT,
        grade=_TEXT,  # as stored: corroboration is derived over all (queries.py)
        control=_TEXT,
        country=_TEXT,
        region=_TEXT,
        city=_TEXT,
        asn=pa.uint32(),
        flags=pa.list_(_TEXT),
        segment=pa.binary(32),
        position=pa.uint32(),
    )

    def sql(self) -> str:
        return (
            f"SELECT {_columns(self.answer)} FROM sightings"
            f" WHERE {_all([of_address(self.address)], self.window)}"
            " ORDER BY seen_at, sighting_id, segment, position"
        )


@dataclass(frozen=True, slots=True)
class UserIdAcrossAddresses:
    """Where one user id was seen: an installation that moves, or a clone."""

    kind: str  # "user_hash", "guid", "peer_id"
    value: bytes
    window: Window = ALWAYS
    answer: ClassVar[pa.Schema] = _schema(
        remote_address=_ADDRESS, country=_TEXT, region=_TEXT, **_COUNTS
    )

    def sql(self) -> str:
        return (
            f"SELECT {_PLACED}, {_STRENGTH}, {_SPAN} FROM sightings"
            f" WHERE {_all(_under(self.kind, self.value), self.window)}"
            " GROUP BY remote_address ORDER BY first_seen_at, remote_address"
        )


@dataclass(frozen=True, slots=True)
class AppearancesOfUserIds:
    """Each sighting in which an endpoint itself spoke under some user ids, the newest first.

    From these follow an install's stays, and whether it is at two places at once.
    """

    user_ids: tuple[tuple[str, bytes], ...]  # kind ("user_hash", "guid") and value; some
    limit: int = 10_000  # of each id
    answer: ClassVar[pa.Schema] = _schema(
        kind=_TEXT,
        value=pa.binary(),
        remote_address=_ADDRESS,
        remote_port=pa.uint16(),
        seen_at=_AT,
        grade=_TEXT,
        country=_TEXT,
        radius_km=pa.uint16(),
    )

    def sql(self) -> str:
        return (
            "SELECT user.kind AS kind, user.value AS value, remote_address, remote_port, seen_at,"
            " grade, country, radius_km FROM sightings ARRAY JOIN user_ids AS user"
            f" WHERE {one_of_users(self.user_ids)} AND {SPOKE}"
            f" ORDER BY kind, value, seen_at DESC, sighting_id"
            f" LIMIT {int(self.limit)} BY kind, value"
        )


@dataclass(frozen=True, slots=True)
class UserIdsOfAddress:
    """The user ids that were seen at one address."""

    address: bytes
    window: Window = ALWAYS
    answer: ClassVar[pa.Schema] = _schema(
        kind=_TEXT, value=pa.binary(), durable=pa.uint8(), **_COUNTS
    )

    def sql(self) -> str:
        return (
            "SELECT `user_ids.kind` AS kind, `user_ids.value` AS value,"
            f" max(`user_ids.durable`) AS lasting, {_STRENGTH}, {_SPAN}"
            " FROM sightings ARRAY JOIN user_ids"
            f" WHERE {_all([of_address(self.address)], self.window)}"
            " GROUP BY kind, value ORDER BY kind, value"
        )


@dataclass(frozen=True, slots=True)
class AddressesOfIdentifier:
    """Which addresses were seen with an identifier; narrowed to one file of a torrent if wanted."""

    identifier: Identifier
    file_index: int | None = None
    window: Window = ALWAYS
    answer: ClassVar[pa.Schema] = _schema(
        remote_address=_ADDRESS, country=_TEXT, region=_TEXT, **_COUNTS, most_complete=pa.float64()
    )

    def sql(self) -> str:
        where = [of_identifier(self.identifier)]
        where += [] if self.file_index is None else [f"file_index = {int(self.file_index)}"]
        return (
            f"SELECT {_PLACED}, {_STRENGTH}, {_SPAN}, max(completeness) AS most_complete"
            f" FROM sightings WHERE {_all(where, self.window)}"
            " GROUP BY remote_address ORDER BY remote_address"
        )


@dataclass(frozen=True, slots=True)
class AddressesPerCountryAndDay:
    """How many distinct addresses each country had on each UTC day; exact."""

    window: Window = ALWAYS
    answer: ClassVar[pa.Schema] = _schema(
        country=_TEXT, day=pa.int64(), sightings=_COUNT, stated=_COUNT, addresses=_COUNT
    )

    def sql(self) -> str:
        return (
            f"SELECT country, intDiv(seen_at, {DAY_US}) AS day,"
            f" {_STRENGTH}, uniqExact(remote_address) AS addresses"
            f" FROM sightings WHERE {_all([], self.window)}"
            " GROUP BY country, day ORDER BY country, day"
        )


@dataclass(frozen=True, slots=True)
class CountsByHour:
    """How many sightings each hour had, everywhere or in one country."""

    country: str | None = None
    window: Window = ALWAYS
    answer: ClassVar[pa.Schema] = _schema(hour=pa.int64(), sightings=_COUNT, stated=_COUNT)

    def sql(self) -> str:
        where = [] if self.country is None else [f"country = {literal(self.country.encode())}"]
        return (
            f"SELECT intDiv(seen_at, {HOUR_US}) AS hour, {_STRENGTH}"
            f" FROM sightings WHERE {_all(where, self.window)} GROUP BY hour ORDER BY hour"
        )


@dataclass(frozen=True, slots=True)
class SpellsOfActivity:
    """When each address was active: its sightings, split where it was silent for `silence`.

    The SQL gives each address's busy hours; spells.py joins them, exactly.
    """

    addresses: tuple[bytes, ...]  # at most `MOST_AT_ONCE`
    silence: timedelta = timedelta(hours=24)  # an hour or more
    window: Window = ALWAYS
    answer: ClassVar[pa.Schema] = _schema(remote_address=_ADDRESS, **_COUNTS)

    def sql(self) -> str:
        if self.silence < timedelta(hours=1):
            raise ValueError(f"a silence is an hour or more, got {self.silence}")
        where = [one_of("remote_address", self.addresses)]
        return (
            f"SELECT remote_address, {_STRENGTH}, {_SPAN} FROM sightings"
            f" WHERE {_all(where, self.window)}"
            f" GROUP BY remote_address, intDiv(seen_at, {HOUR_US})"
            " ORDER BY remote_address, first_seen_at"
        )


@dataclass(frozen=True, slots=True)
class NewInSegments:
    """Which addresses some segments brought news of: what leads are brought up to date for.

    Ask the ledger which segments are new (`SightingStore.taken_after`), then this.
    """

    segments: tuple[bytes, ...]  # SHA-256 of each; at most `MOST_AT_ONCE`
    answer: ClassVar[pa.Schema] = _schema(
        remote_address=_ADDRESS, country=_TEXT, region=_TEXT, **_COUNTS
    )

    def sql(self) -> str:
        return (
            f"SELECT {_PLACED}, {_STRENGTH}, {_SPAN} FROM sightings"
            f" WHERE {one_of('segment', self.segments)}"
            " GROUP BY remote_address ORDER BY remote_address"
        )


@dataclass(frozen=True, slots=True)
class CoverageByCollector:
    """What each collector saw on each network and UTC day."""

    window: Window = ALWAYS
    answer: ClassVar[pa.Schema] = _schema(
        collector=_ADDRESS,
        network=_TEXT,
        day=pa.int64(),
        **_COUNTS,
        addresses=_COUNT,
        entries=_COUNT,
    )

    def sql(self) -> str:
        return (
            "SELECT collector, network,"
            f" intDiv(seen_at, {DAY_US}) AS day, {_STRENGTH}, {_SPAN},"
            " uniqExact(remote_address) AS addresses, uniqExact(entry_id) AS entries"
            f" FROM sightings WHERE {_all([], self.window)}"
            " GROUP BY collector, network, day ORDER BY collector, network, day"
        )


@dataclass(frozen=True, slots=True)
class RestingOn:
    """Every sighting that rests on the votes for some entries: what a recall must reach."""

    entries: tuple[int, ...]  # at most `MOST_AT_ONCE`
    from_revision: int | None = None  # taken in under this revision of the lists or a later one
    before_revision: int | None = None  # taken in under an earlier one than this
    answer: ClassVar[pa.Schema] = _schema(
        sighting_id=_ADDRESS,
        remote_address=_ADDRESS,
        seen_at=_AT,
        entry_id=pa.int64(),
        category=_TEXT,
        rule=_TEXT,
        list_revision=pa.int64(),
        segment=pa.binary(32),
        position=pa.uint32(),
    )

    def sql(self) -> str:
        return (
            f"SELECT {_columns(self.answer)} FROM sightings"
            f" WHERE {self.condition()} ORDER BY entry_id, seen_at, sighting_id, segment, position"
        )

    def condition(self) -> str:
        """Which rows; what retention removes."""
        asked = [of_entries(self.entries)]
        if self.from_revision is not None:
            asked.append(f"list_revision >= {int(self.from_revision)}")
        if self.before_revision is not None:
            asked.append(f"list_revision < {int(self.before_revision)}")
        return " AND ".join(asked)


@dataclass(frozen=True, slots=True)
class SharersOfEntries:
    """How many addresses stated each entry: a rare file's sharer adds more to its availability."""

    entries: tuple[int, ...]  # at most `MOST_AT_ONCE`
    window: Window = ALWAYS
    answer: ClassVar[pa.Schema] = _schema(entry_id=pa.int64(), sightings=_COUNT, addresses=_COUNT)

    def sql(self) -> str:
        return (
            "SELECT entry_id, count() AS sightings, uniqExact(remote_address) AS addresses"
            f" FROM sightings WHERE {_all([of_entries(self.entries), STATED], self.window)}"
            " GROUP BY entry_id ORDER BY entry_id"
        )


MOST_AT_ONCE = 1000
NAMED: dict[str, type[Question]] = {
    "region-ranking": RegionRanking,
    "address": AddressInWindow,
    "user-id": UserIdAcrossAddresses,
    "appearances": AppearancesOfUserIds,
    "user-ids-of": UserIdsOfAddress,
    "identifier": AddressesOfIdentifier,
    "country-days": AddressesPerCountryAndDay,
    "hours": CountsByHour,
    "spells": SpellsOfActivity,
    "new": NewInSegments,
    "coverage": CoverageByCollector,
    "recall": RestingOn,
    "sharers": SharersOfEntries,
}
# An address is placed anew by each table: its latest place is shown.
_PLACED = (
    "remote_address, argMax(country, seen_at) AS in_country, argMax(region, seen_at) AS in_region"
)


def of_entries(entries: Sequence[int]) -> str:
    """The condition that a sighting is of one of some entries."""
    some = ", ".join(str(int(entry)) for entry in entries)
    return f"entry_id IN ({some})" if some else "0"


def _under(kind: str, value: bytes) -> list[str]:
    """The conditions that a sighting is under a user id."""
    of_kind, of_value = literal(kind.encode()), literal(value)
    pairs = "`user_ids.kind`, `user_ids.value`"
    # `has` is what the skip index answers; the pairs then decide.
    return [
        f"has(`user_ids.value`, {of_value})",
        f"arrayExists((k, v) -> k = {of_kind} AND v = {of_value}, {pairs})",
    ]


def _all(conditions: Sequence[str], window: Window) -> str:
    return " AND ".join([*conditions, *window.conditions()]) or "1"


def _columns(answer: pa.Schema) -> str:
    return ", ".join(f"`{name}`" for name in answer.names)
