"""The store's tables, in the subset of ClickHouse's dialect that its old versions know too.

Addresses, ids and digests are FixedString, instants Int64 microseconds since 1970 UTC. What is
plural is Nested, which is one array a field. `plain` uses nothing newer than ClickHouse 18;
`modern` adds dictionaries for columns of few values, and syncs each insert to the disk.
"""

from dataclasses import dataclass
from enum import StrEnum

VERSION = 1
WHOLE_TORRENT = -1  # `file_index` where the record has none: it is part of keys, so never NULL
UNKNOWN = -1  # `told_by.id_fits_address` where the record has none


class Profile(StrEnum):
    PLAIN = "plain"
    MODERN = "modern"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sightings table. `few`: it has few distinct values."""

    name: str
    kind: str
    few: bool = False

    def declared(self, profile: Profile) -> str:
        """The column as CREATE TABLE wants it."""
        kind = self.kind
        if self.few and profile is Profile.MODERN:
            kind = f"LowCardinality({kind})"
        return f"`{self.name}` {kind}"


# The record (observations/batch.py says what each means), without the raw exchange: that stays in
# the segment, where `segment` and `position` lead.
_RECORD = (
    Column("sighting_id", "FixedString(16)"),
    Column("collector", "FixedString(16)"),
    Column("software", "String", few=True),
    Column("configuration_sha256", "FixedString(32)"),
    Column("watch_revision", "String", few=True),
    Column("network", "String", few=True),
    Column("remote_address", "FixedString(16)"),
    Column("remote_port", "UInt16"),
    Column("port_kind", "String", few=True),
    Column("opened_by", "String", few=True),
    Column("own_address", "Nullable(FixedString(16))"),
    Column("own_port", "Nullable(UInt16)"),
    Column("started_at", "Int64"),
    Column("seen_at", "Int64"),
    Column("clock_error_s", "Nullable(Float64)"),
    Column("clock_source", "String", few=True),
    Column("identifier_kind", "String", few=True),
    Column("identifier", "String"),
    Column("file_index", "Int32"),
    Column("size_bytes", "Nullable(Int64)"),
    Column("name", "Nullable(String)"),
    Column("completeness", "Nullable(Float64)"),
    Column("completeness_bound", "String", few=True),
    Column("role", "String", few=True),
    Column("user_ids.kind", "Array(String)"),
    Column("user_ids.value", "Array(String)"),
    Column("user_ids.durable", "Array(UInt8)"),
    Column("client", "Nullable(String)"),
    Column("told_by.address", "Array(FixedString(16))"),
    Column("told_by.port", "Array(UInt16)"),
    Column("told_by.means", "Array(String)"),
    Column("told_by.told_at", "Array(Int64)"),
    Column("told_by.node_id", "Array(String)"),
    Column("told_by.id_fits_address", "Array(Int8)"),
    Column("grade", "String", few=True),
    Column("control", "String", few=True),
    Column("doubts", "Array(String)"),
    Column("raw_sha256", "FixedString(32)"),
)
# What the hub adds: what the catalogue said when it took the sighting in, and where that lies.
_HUB = (
    Column("entry_id", "Nullable(Int64)"),
    Column("category", "Nullable(String)"),
    Column("rule", "Nullable(String)"),
    Column("list_revision", "Nullable(Int64)"),
    Column("segment", "FixedString(32)"),
    Column("position", "UInt32"),
)
COLUMNS = _RECORD + _HUB


def migrations(profile: Profile) -> dict[int, tuple[str, ...]]:
    """The statements that bring a store to each version from the one before, in order.

    Each may be repeated: a step that a crash cut short is begun anew.
    """
    durably = (
        " SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
        if profile is Profile.MODERN
        else ""
    )
    columns = ", ".join(column.declared(profile) for column in COLUMNS)
    sightings = (
        f"CREATE TABLE IF NOT EXISTS sightings ({columns}) ENGINE = MergeTree()"
        f" ORDER BY (remote_address, seen_at){durably}"
    )
    segments_taken = (
        "CREATE TABLE IF NOT EXISTS segments_taken (`segment` FixedString(32), `name` String,"
        " `sightings` UInt32, `taken_at` Int64)"
        f" ENGINE = MergeTree() ORDER BY segment{durably}"
    )
    return {1: (sightings, segments_taken)}


# Written last of all, so a store whose making was cut short has no version and is made anew.
VERSION_TABLE = (
    "CREATE TABLE IF NOT EXISTS store_version (`version` UInt32) ENGINE = MergeTree()"
    " ORDER BY version"
)
