"""The store over any engine: the same statements for all of them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa

from luzeiro.observations.batch import instant
from luzeiro.observations.grade import Grade
from luzeiro.sightings import queries
from luzeiro.sightings.columns import conformed, from_store
from luzeiro.sightings.engine import Engine
from luzeiro.sightings.filters import SightingFilter, fixed, one_of
from luzeiro.sightings.questions import Question, SpellsOfActivity
from luzeiro.sightings.schema import PARTITION_US
from luzeiro.sightings.spells import join_spells
from luzeiro.sightings.store import By, StoreError, Taken

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COUNTED = pa.schema([("sightings", pa.uint64()), ("addresses", pa.uint64())])
_TAKEN = "segment, name, sightings, taken_at"
_TAKEN_SCHEMA = pa.schema(
    [
        pa.field("segment", pa.binary(32)),
        pa.field("name", pa.binary()),
        pa.field("sightings", pa.uint32()),
        pa.field("taken_at", pa.int64()),
    ]
)


class SqlStore:
    """An open store (`store.SightingStore`); a context manager that closes it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store."""
        self.engine.close()

    @property
    def lacks(self) -> str:
        """Of what the answers so far lacked the sightings, in words; "" where they were whole."""
        return self.engine.lacks

    def taken(self, sha256: bytes) -> Taken | None:
        """The ledger's line for a segment, if it was taken in whole."""
        found = self._ledger(f"WHERE segment = {fixed(sha256)} ORDER BY taken_at LIMIT 1")
        return found[0] if found else None

    def taken_after(self, segment: bytes | None, *, limit: int | None = None) -> list[Taken]:
        """The ledger's lines after a segment's, in the order of intake; None: from the first.

        Raises:
            StoreError: that segment was not taken in.
        """
        where = ""
        if segment is not None:
            line = self.taken(segment)
            if line is None:
                raise StoreError(f"The store has not taken in the segment {segment.hex()}.")
            where = (
                f"WHERE (taken_at, segment) > ({_since_epoch(line.taken_at)}, {fixed(segment)}) "
            )
        cut = "" if limit is None else f" LIMIT {int(limit)}"
        return self._ledger(f"{where}ORDER BY taken_at, segment{cut}")

    def taken_among(self, segments: Sequence[bytes]) -> set[bytes]:
        """Which of some segments the ledger has, by SHA-256."""
        return {line.sha256 for line in self._ledger(f"WHERE {one_of('segment', segments)}")}

    def latest_taken(self) -> Taken | None:
        """The ledger's last line."""
        found = self._ledger("ORDER BY taken_at DESC, segment DESC LIMIT 1")
        return found[0] if found else None

    def sightings_of(self, segments: Sequence[bytes]) -> dict[bytes, int]:
        """How many sightings of each segment are here; reads one column of the whole table."""
        found = self.engine.ask(
            "SELECT segment, count() AS sightings FROM sightings"
            f" WHERE {one_of('segment', segments)} GROUP BY segment"
        )
        return dict(zip(*(column.to_pylist() for column in found.columns), strict=True))

    def insert(self, rows: pa.Table, *, token: str = "") -> None:
        """Add rows (columns.py), partition by partition; each is there whole or not at all."""
        partitions = rows["seen_at"].to_numpy() // PARTITION_US
        for partition in np.unique(partitions).tolist():
            mask = partitions == partition
            cut = rows if mask.all() else rows.filter(pa.array(mask))
            self.engine.insert("sightings", cut, token=f"{token}-{partition}" if token else "")

    def remove(self, segments: Sequence[bytes]) -> None:
        """Take out what is here of some segments."""
        self.engine.delete("sightings", one_of("segment", segments))

    def enter(self, *lines: Taken) -> None:
        """Write lines of the ledger."""
        rows = pa.table(
            [
                [line.sha256 for line in lines],
                [line.name.encode() for line in lines],
                [line.sightings for line in lines],
                [_since_epoch(line.taken_at) for line in lines],
            ],
            schema=_TAKEN_SCHEMA,
        )
        self.engine.insert("segments_taken", rows, token="".join(one.sha256.hex() for one in lines))

    def tidy(self) -> None:
        """Merge small parts, where many have gathered."""
        self.engine.tidy()

    def rows(self, wanted: SightingFilter, *, limit: int | None = None) -> Iterator[pa.RecordBatch]:
        """Give sightings of `columns.RESULT`, newest first, a batch at a time."""
        for found in self.engine.stream(queries.rows(wanted, limit, self._ids(wanted))):
            yield from_store(found)

    def ask(self, question: Question) -> pa.Table:
        """Answer a named question: a table of `question.answer`, in its order."""
        return conformed(self.engine.ask(question.sql()), question.answer)

    def spells(self, asked: SpellsOfActivity) -> pa.Table:
        """Spells of activity, one row each, by address and time."""
        return join_spells(self.ask(asked), asked.silence)

    def count(self, wanted: SightingFilter) -> pa.Table:
        """Count: one row of sightings, addresses."""
        derived = wanted.grade is Grade.CORROBORATED
        asked = queries.count(wanted, self._ids(wanted) if derived else None)
        return conformed(self.engine.ask(asked), _COUNTED)

    def count_by(self, wanted: SightingFilter, by: By) -> pa.Table:
        """Count: rows of grade, client or day (days since 1970), and sightings, addresses."""
        key = pa.field(by.value, pa.int64() if by is By.DAY else pa.string())
        derived = by is By.GRADE or wanted.grade is Grade.CORROBORATED
        asked = queries.count_by(wanted, by, self._ids(wanted) if derived else None)
        found = self.engine.ask(asked)
        return conformed(found, pa.schema([key, *_COUNTED]))

    def _ids(self, wanted: SightingFilter) -> queries.Ids:
        """The durable ids on which the grades of some sightings rest; None: too many to name."""
        found = self.engine.ask(queries.ids(wanted)).to_pylist()
        if len(found) > queries.MOST_IDS:
            return None
        return [(row["kind"].decode(), row["value"]) for row in found]

    def _ledger(self, clauses: str) -> list[Taken]:
        found = self.engine.ask(f"SELECT {_TAKEN} FROM segments_taken {clauses}").to_pylist()
        return [
            Taken(row["segment"], row["name"].decode(), row["sightings"], instant(row["taken_at"]))
            for row in found
        ]


def _since_epoch(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
