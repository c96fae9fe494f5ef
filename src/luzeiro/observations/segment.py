"""A segment: one batch as a file, named by when and what. It is the truth; stores are indexes.

The file is Parquet, compressed with zstd, with the raw exchanges in it. Its name is the instant of
its latest sighting and the SHA-256 of its bytes, so names sort by time and damage shows::

    20260304T050607890123Z-<64 hexadecimal digits>.parquet
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from luzeiro.observations.batch import SCHEMA, to_table
from luzeiro.observations.record import Sighting

MAX_ROWS = 1_000_000
_NAME = re.compile(r"(\d{8}T\d{12}Z)-([0-9a-f]{64})\.parquet")
_INSTANT = "%Y%m%dT%H%M%S%fZ"
# A dictionary would only be built and thrown away where hardly two values are the same.
_WITHOUT_REPEATS = frozenset({"sighting_id", "seen_at", "started_at", "raw_sha256"})
_WITH_DICTIONARY = [
    field.name
    for field in SCHEMA
    if field.name not in _WITHOUT_REPEATS and not pa.types.is_nested(field.type)
]


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


def seal(sightings: Sequence[Sighting]) -> tuple[SegmentName, bytes]:
    """Make a segment of at least one and at most `MAX_ROWS` sightings: its name and its bytes."""
    if not 0 < len(sightings) <= MAX_ROWS:
        raise ValueError(f"a segment has 1 to {MAX_ROWS} sightings, got {len(sightings)}")
    out = pa.BufferOutputStream()
    pq.write_table(
        to_table(sightings),
        out,
        compression="zstd",
        use_dictionary=_WITH_DICTIONARY,
        row_group_size=MAX_ROWS,
    )
    sealed = out.getvalue().to_pybytes()
    latest_at = max(sighting.observation.seen_at for sighting in sightings)
    return SegmentName(latest_at, hashlib.sha256(sealed).digest()), sealed


def read(path: Path) -> pa.Table:
    """Read a segment, checking every byte of it against its name.

    Raises:
        DamagedSegmentError: the bytes are not those that the name says, or not a batch.
        ValueError: not the name of a segment.
        OSError: the file cannot be read.
    """
    name, sealed = SegmentName.parse(path.name), path.read_bytes()
    found = hashlib.sha256(sealed).digest()
    if found != name.sha256:
        raise DamagedSegmentError(
            f"its {len(sealed)} bytes have the SHA-256 {found.hex()}, not the one in its name"
        )
    try:
        table = pq.read_table(pa.BufferReader(sealed))
    except (pa.ArrowException, OSError) as error:
        raise DamagedSegmentError(f"it is not Parquet: {error}") from error
    if not table.schema.equals(SCHEMA):
        raise DamagedSegmentError("its columns are not those of a batch of sightings")
    return table


def waiting_in(spool: Path) -> list[Path]:
    """The segments in a spool, oldest first."""
    return sorted(path for path in spool.glob("*.parquet") if _NAME.fullmatch(path.name))
