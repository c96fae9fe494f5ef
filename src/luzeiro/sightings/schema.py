"""The store's tables, in the subset of ClickHouse's dialect that its old versions know too.

Addresses, ids and digests are FixedString, instants Int64 microseconds since 1970 UTC. What is
plural is Nested, which is one array a field. `plain` uses nothing newer than ClickHouse 18;
`modern` adds codecs, skip indexes, and projections.

Words are plain String, also where there are few of them. LowCardinality would save a fortieth of
the disk, but a merge hashes each value of such a column anew, and took three times as long.

Rows lie by country, region, address and time, for that is how units ask. One partition is thirty
days of `seen_at`: retention drops whole ones, and a window of time reads few.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

VERSION = 5
WHOLE_TORRENT = -1  # `file_index` where the record has none: it is part of keys, so never NULL
PARTITION_US = 30 * 86_400_000_000  # of `seen_at`
UNKNOWN = -1  # `told_by.id_fits_address` where the record has none


class Profile(StrEnum):
    PLAIN = "plain"
    MODERN = "modern"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: str
    codec: str = ""  # for the modern profile; else the engine's usual one

    def declared(self, profile: Profile) -> str:
        """The column as CREATE TABLE wants it."""
        if profile is Profile.PLAIN:
            return f"`{self.name}` {self.kind}"
        codec = f" CODEC({self.codec})" if self.codec else ""
        return f"`{self.name}` {self.kind}{codec}"


_BITS = "T64"  # drops the bits that are the same for all of a block
_AS_IS = "NONE"  # hardly two values share a byte: packing would cost time and save nothing

# The record (observations/batch.py says what each means), without the raw exchange: that stays in
# the segment, where `segment` and `position` lead.
_RECORD = (
    Column("sighting_id", "FixedString(16)", codec=_AS_IS),
    Column("collector", "FixedString(16)"),
    Column("software", "String"),
    Column("configuration_sha256", "FixedString(32)"),
    Column("watch_revision", "String"),
    Column("network", "String"),
    Column("remote_address", "FixedString(16)"),
    Column("remote_port", "UInt16"),
    Column("port_kind", "String"),
    Column("opened_by", "String"),
    Column("own_address", "Nullable(FixedString(16))"),
    Column("own_port", "Nullable(UInt16)"),
    Column("started_at", "Int64", codec=_BITS),
    Column("seen_at", "Int64", codec=_BITS),
    Column("clock_error_s", "Nullable(Float64)"),
    Column("clock_source", "String"),
    Column("identifier_kind", "String"),
    Column("identifier", "String"),
    Column("file_index", "Int32", codec=_BITS),
    Column("size_bytes", "Nullable(Int64)", codec=_BITS),
    Column("name", "Nullable(String)"),
    Column("completeness", "Nullable(Float64)"),
    Column("completeness_bound", "String"),
    Column("role", "String"),
    Column("user_ids.kind", "Array(String)"),
    Column("user_ids.value", "Array(String)"),
    Column("user_ids.durable", "Array(UInt8)"),
    Column("client", "Nullable(String)"),
    Column("told_by.address", "Array(FixedString(16))"),
    Column("told_by.port", "Array(UInt16)"),
    Column("told_by.means", "Array(String)"),
    Column("told_by.told_at", "Array(Int64)", codec=_BITS),
    Column("told_by.node_id", "Array(String)"),
    Column("told_by.id_fits_address", "Array(Int8)"),
    Column("grade", "String"),
    Column("control", "String"),
    Column("doubts", "Array(String)"),
    Column("raw_sha256", "FixedString(32)", codec=_AS_IS),
)
# What the hub adds: what the catalogue said when it took the sighting in, and where that lies.
_HUB = (
    Column("entry_id", "Nullable(Int64)", codec=_BITS),
    Column("category", "Nullable(String)"),
    Column("rule", "Nullable(String)"),
    Column("list_revision", "Nullable(Int64)"),
    Column("segment", "FixedString(32)"),
    Column("position", "UInt32", codec=_BITS),
)
# The place of the remote address (places/place.py says what each means); empty where unplaced.
_PLACE = (
    Column("country", "String"),
    Column("region", "String"),
    Column("city", "String"),
    Column("radius_km", "Nullable(UInt16)"),
    Column("asn", "UInt32"),
    Column("organisation", "String"),
    Column("second_country", "String"),
    Column("flags", "Array(String)"),
    Column("place_table", "String"),
    Column("place_built_at", "Int64"),
    Column("place_sha256", "FixedString(32)"),
    Column("asn_table_sha256", "FixedString(32)"),
)
# Why the category was in force: one line for each vote that stood (catalogue/standing.py).
_VOTES = Column("votes", "Array(String)")
_FIRST_COLUMNS = _RECORD + _HUB
COLUMNS = _RECORD + _HUB + (_VOTES,) + _PLACE
ORDER = "(country, region, remote_address, seen_at)"
PARTITION = f"intDiv(seen_at, {PARTITION_US})"
TAKEN_COLUMNS = (
    Column("segment", "FixedString(32)"),
    Column("name", "String"),
    Column("sightings", "UInt32"),
    Column("taken_at", "Int64"),
)
VERSION_COLUMNS = (Column("version", "UInt32"),)
_DURABLY = "fsync_after_insert = 1, fsync_part_directory = 1"
# A merge takes twenty parts of a size, and none makes a part of more than 2 GiB (ten to thirteen
# million rows), so that each row is rewritten once, seldom twice: a merge costs as much as the
# insert did, and a few more parts cost a question little.
_MERGES = "merge_selector_base = 20, max_bytes_to_merge_at_max_space_in_pool = 2147483648"
# A part's rows are merged with their projections; deletes rebuild them. Statistics of columns would
# take a seventh of each merge and help none of the questions.
_MODERN_SIGHTINGS = (
    f"{_DURABLY}, deduplicate_merge_projection_mode = 'rebuild', auto_statistics_types = '',"
    f" {_MERGES}"
)
# One entry a granule of 8192 rows; 1 % of granules are read in vain. By address fewer: its question
# reads many columns of each, and the filter grows by half a byte a row.
_SKIP_INDEXES = (
    "INDEX by_address remote_address TYPE bloom_filter(0.0005) GRANULARITY 1",
    "INDEX by_user_id `user_ids.value` TYPE bloom_filter(0.01) GRANULARITY 1",
    "INDEX by_entry entry_id TYPE bloom_filter(0.01) GRANULARITY 1",
    "INDEX by_sighting sighting_id TYPE bloom_filter(0.01) GRANULARITY 1",
)
_FILE_COLUMNS = (
    "identifier_kind, identifier, file_index, seen_at, remote_address, country, region, grade,"
    " completeness"
)
_SEGMENT_COLUMNS = "segment, remote_address, country, region, grade, seen_at"
# The same rows again, by file and by segment: what is asked of those needs no other columns.
_PROJECTIONS = (
    # By no more than the identifier: to sort by time too took a third longer, at each merge again.
    f"PROJECTION by_file (SELECT {_FILE_COLUMNS} ORDER BY identifier)",
    # By no more than the segment: so it need not be sorted, and merges lay parts end to end.
    f"PROJECTION by_segment (SELECT {_SEGMENT_COLUMNS} ORDER BY segment)",
)


def table(
    name: str, columns: Sequence[Column], profile: Profile, engine: str, *, settings: str = ""
) -> str:
    """CREATE TABLE as the profile has it; `engine` with its partition and order."""
    told = [column.declared(profile) for column in columns]
    if profile is Profile.MODERN and columns is COLUMNS:
        told += [*_SKIP_INDEXES, *_PROJECTIONS]
    ends = f" SETTINGS {settings}" if settings and profile is Profile.MODERN else ""
    return f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(told)}) ENGINE = {engine}{ends}"


def sightings_engine(merge_tree: str = "MergeTree()") -> str:
    """The engine of the sightings table, of whichever family."""
    return f"{merge_tree} PARTITION BY {PARTITION} ORDER BY {ORDER}"


def migrations() -> dict[int, tuple[str, ...]]:
    """The statements that bring an embedded store to each version from the one before, in order.

    Each step may be repeated: one that a crash cut short is begun anew. A cluster begins at the
    newest version (cluster.py).
    """
    return {1: _first(), 2: _placed(), 3: _packed(), 4: _plain_words(), 5: _seldom_merged()}


def _first() -> tuple[str, ...]:
    columns = ", ".join(column.declared(Profile.MODERN) for column in _FIRST_COLUMNS)
    sightings = (
        f"CREATE TABLE IF NOT EXISTS sightings ({columns}) ENGINE = MergeTree()"
        f" ORDER BY (remote_address, seen_at) SETTINGS {_DURABLY}"
    )
    segments_taken = table(
        "segments_taken",
        TAKEN_COLUMNS,
        Profile.MODERN,
        "MergeTree() ORDER BY segment",
        settings=_DURABLY,
    )
    return sightings, segments_taken


def _placed() -> tuple[str, ...]:
    """Places, and rows in the order of places: a table's order cannot be changed in place."""
    return _anew("sightings_placed", _FIRST_COLUMNS)


def _packed() -> tuple[str, ...]:
    """Columns packed closer, and the votes: none where only the revision leads to them."""
    held = [column for column in COLUMNS if column is not _VOTES]
    return _anew("sightings_packed", held)


def _plain_words() -> tuple[str, ...]:
    """Words without dictionaries, and the projection by segment in the order of segments alone."""
    return _anew("sightings_plain", COLUMNS)


def _seldom_merged() -> tuple[str, ...]:
    """Fewer merges, the projection by file in its order alone, a closer index by address."""
    return (
        f"ALTER TABLE sightings MODIFY SETTING {_MERGES}",
        "ALTER TABLE sightings DROP PROJECTION IF EXISTS by_file",
        f"ALTER TABLE sightings ADD {_PROJECTIONS[0]}",
        "ALTER TABLE sightings MATERIALIZE PROJECTION by_file SETTINGS mutations_sync = 1",
        "ALTER TABLE sightings DROP INDEX IF EXISTS by_address SETTINGS mutations_sync = 1",
        f"ALTER TABLE sightings ADD {_SKIP_INDEXES[0]} FIRST",
        "ALTER TABLE sightings MATERIALIZE INDEX by_address SETTINGS mutations_sync = 1",
    )


def _anew(beside: str, held: Sequence[Column]) -> tuple[str, ...]:
    """The table made anew as it is declared now, with all rows of the old one.

    Args:
        beside: what the new one is called until it is whole.
        held: the columns that the old one has.
    """
    kept = ", ".join(f"`{column.name}`" for column in held)
    return (
        f"DROP TABLE IF EXISTS {beside}",
        table(beside, COLUMNS, Profile.MODERN, sightings_engine(), settings=_MODERN_SIGHTINGS),
        f"INSERT INTO {beside} ({kept}) SELECT {kept} FROM sightings",
        f"EXCHANGE TABLES {beside} AND sightings",  # at once, or not at all
        f"DROP TABLE {beside}",
    )


def added(name: str, column: Column, profile: Profile) -> str:
    """ALTER TABLE for a column that an earlier version did not have, where it belongs."""
    names = [one.name for one in COLUMNS]
    after = names[names.index(column.name) - 1]
    unless = "IF NOT EXISTS " if profile is Profile.MODERN else ""
    return f"ALTER TABLE {name} ADD COLUMN {unless}{column.declared(profile)} AFTER `{after}`"


# Written last of all, so a store whose making was cut short has no version and is made anew.
VERSION_TABLE = table(
    "store_version", VERSION_COLUMNS, Profile.PLAIN, "MergeTree() ORDER BY version"
)
