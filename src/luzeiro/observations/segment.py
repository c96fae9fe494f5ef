"""A segment: one batch as a file, named by when and what. It is the truth; stores are indexes.

The file is Parquet, compressed with zstd, with the raw exchanges in it. Its name is the instant of
its latest sighting and the SHA-256 of its bytes, so names sort by time and damage shows::

    20260304T050607890123Z-<64 hexadecimal digits>.parquet

The file's metadata hold a signed note: the collector's word for the Merkle root over the sightings
and for its place in the chain (evidence/verifier/statements.py). So one file can be checked alone,
and moves as one.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from luzeiro.evidence import encoding
from luzeiro.evidence.verifier.merkle import tree_root
from luzeiro.observations.batch import SCHEMA, instant, to_table
from luzeiro.observations.record import Sighting

MAX_ROWS = 1_000_000
_NAME = re.compile(r"(\d{8}T\d{12}Z)-([0-9a-f]{64})\.parquet")
_NOTE = "luzeiro.note"
_INSTANT = "%Y%m%dT%H%M%S%fZ"
# A dictionary would only be built and thrown away where hardly two values are the same.
_WITHOUT_REPEATS = frozenset({"sighting_id", "seen_at", "started_at", "raw_sha256"})
WITH_DICTIONARY = [
    field.name
    for field in SCHEMA
    if field.name not in _WITHOUT_REPEATS and not pa.types.is_nested(field.type)
]

_WORDS = [field.name for field in SCHEMA if pa.types.is_string(field.type)]


class DamagedSegmentError(Exception):
    """A segment's bytes are not those that were sealed, or are no segment."""


@dataclass(frozen=True, slots=True, order=True)
class SegmentName:
    """When and what; sorts by time."""

    latest_at: datetime  # UTC: when the latest of its sightings was seen
    sha256: bytes  # of the whole file

    @classmethod
    def parse(cls, file_name: str) -> Self:
        """Read a file's name.

        Raises:
            ValueError: not the name of a segment.
        """
        matched = _NAME.fullmatch(file_name)
        if matched is None:
            raise ValueError(f"{file_name!r} is not the name of a segment")
        latest_at = datetime.strptime(matched[1], _INSTANT).replace(tzinfo=UTC)
        return cls(latest_at, bytes.fromhex(matched[2]))

    @property
    def on(self) -> date:
        """The UTC day of its latest sighting: the folder in which a hub keeps it."""
        return self.latest_at.date()

    def __str__(self) -> str:
        year = f"{self.latest_at.year:04}"  # strftime pads years in some C libraries only
        return f"{year}{self.latest_at.strftime(_INSTANT[2:])}-{self.sha256.hex()}.parquet"


@dataclass(frozen=True, slots=True)
class SegmentContent:
    """What there is to be signed of a segment."""

    root: bytes  # 32 bytes: the Merkle tree over the sightings, in their order
    sightings: int
    first_seen_at: datetime  # UTC: the earliest and the latest
    last_seen_at: datetime


# Signs a segment's content: gives the note, as text that is UTF-8.
Attest = Callable[[SegmentContent], bytes]


def seal(sightings: Sequence[Sighting], attest: Attest | None = None) -> tuple[SegmentName, bytes]:
    """Make a segment of at least one and at most `MAX_ROWS` sightings: its name and its bytes.

    Without `attest` it is not signed: whoever reads segments can read it, no hub admits it.
    """
    if not 0 < len(sightings) <= MAX_ROWS:
        raise ValueError(f"a segment has 1 to {MAX_ROWS} sightings, got {len(sightings)}")
    return seal_table(to_table(sightings), attest)


def seal_table(table: pa.Table, attest: Attest | None = None) -> tuple[SegmentName, bytes]:
    """The same for a table of `SCHEMA` that has at least one row."""
    out = pa.BufferOutputStream()
    with pq.ParquetWriter(
        out, SCHEMA, compression="zstd", use_dictionary=WITH_DICTIONARY, store_schema=True
    ) as writer:
        writer.write_table(table, row_group_size=MAX_ROWS)
        if attest is not None:
            writer.add_key_value_metadata({_NOTE: attest(content_of(table)).decode()})
    sealed = out.getvalue().to_pybytes()
    latest_at = instant(pc.max(table["seen_at"]).as_py())
    return SegmentName(latest_at, hashlib.sha256(sealed).digest()), sealed


def content_of(table: pa.Table) -> SegmentContent:
    """Work out what a segment's note must say of its sightings.

    Raises:
        ValueError: a value that has no canonical encoding.
    """
    seen = pc.min_max(table["seen_at"]).as_py()
    return SegmentContent(
        tree_root(encoding.row_hashes(table)),
        len(table),
        instant(seen["min"]),
        instant(seen["max"]),
    )


def written(at: datetime) -> str:
    """An instant as it is signed: ISO 8601, microseconds always, Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def note_of(sealed: bytes) -> bytes | None:
    """The signed note in a segment's bytes, unchecked; None where it is not signed.

    Raises:
        DamagedSegmentError: it is not Parquet.
    """
    try:
        held = pq.read_metadata(pa.BufferReader(sealed)).metadata or {}
    except (pa.ArrowException, OSError) as error:
        raise DamagedSegmentError(f"it is not Parquet: {error}") from error
    note: bytes | None = held.get(_NOTE.encode())
    return note


def read(
    path: Path, columns: Sequence[str] | None = None, *, words_as_numbers: bool = False
) -> pa.Table:
    """Read a segment, checking every byte of it against its name.

    Args:
        path: of its file.
        columns: which of `batch.SCHEMA` to unpack; all unless told. All are checked.
        words_as_numbers: give text as dictionaries, as the file has it: several times cheaper to
            make and to move, where a segment says few different things.

    Raises:
        DamagedSegmentError: the bytes are not those that the name says, or not a batch.
        ValueError: not the name of a segment.
        OSError: the file cannot be read.
    """
    return decode(
        SegmentName.parse(path.name),
        path.read_bytes(),
        columns,
        words_as_numbers=words_as_numbers,
    )


def decode(
    name: SegmentName,
    sealed: bytes,
    columns: Sequence[str] | None = None,
    *,
    words_as_numbers: bool = False,
) -> pa.Table:
    """The same for the bytes of a segment.

    Raises:
        DamagedSegmentError: as `read`.
    """
    found = hashlib.sha256(sealed).digest()
    if found != name.sha256:
        raise DamagedSegmentError(
            f"its {len(sealed)} bytes have the SHA-256 {found.hex()}, not the one in its name"
        )
    numbered = _WORDS if words_as_numbers else []
    try:
        with pq.ParquetFile(pa.BufferReader(sealed), read_dictionary=numbered) as file:
            is_batch = file.metadata.schema.to_arrow_schema().equals(SCHEMA)
            # One thread: more take twice the processor's time for the same columns.
            table = file.read(columns, use_threads=False) if is_batch else None
    except (pa.ArrowException, OSError) as error:
        raise DamagedSegmentError(f"it is not Parquet: {error}") from error
    if table is None:
        raise DamagedSegmentError("its columns are not those of a batch of sightings")
    return table


def waiting_in(spool: Path) -> list[Path]:
    """The segments in a spool, oldest first."""
    return sorted(path for path in spool.glob("*.parquet") if _NAME.fullmatch(path.name))
