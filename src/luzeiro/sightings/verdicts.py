"""Which entry and category each sighting is of: asked once for each distinct file, then spread."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from luzeiro.observations.identifiers import Identifier, IdentifierKind

SCHEMA = pa.schema(
    [
        pa.field("entry_id", pa.int64()),
        pa.field("category", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("list_revision", pa.int64()),
        pa.field("votes", pa.list_(pa.string())),
    ]
)

_NAMED_BY = ["identifier_kind", "identifier", "file_index"]
_WHOLE_TORRENT = -1
_MOST_KNOWN = 2_000_000


class Verdict(Protocol):
    """What a catalogue says of one file now (catalogue/queries.py has one)."""

    @property
    def entry_id(self) -> int: ...
    @property
    def category(self) -> str | None: ...
    @property
    def rule(self) -> str: ...
    @property
    def list_revision(self) -> int: ...
    @property
    def votes(self) -> tuple[str, ...]: ...


File = tuple[Identifier, int | None]  # an identifier, and the file's place if it names a torrent
Verdicts = Callable[[Iterable[File]], Mapping[File, Verdict]]  # what is unknown is left out


class KnownVerdicts:
    """What a catalogue said, remembered: each distinct file is asked for once.

    For one intake: what the catalogue says may change. Rows are looked up over arrays.
    """

    def __init__(self, verdicts: Verdicts) -> None:
        self._verdicts = verdicts
        self._keys = pa.array([], pa.large_binary())
        self._said = SCHEMA.empty_table()

    def columns(self, batch: pa.Table) -> pa.Table:
        """Give the columns of `SCHEMA` for a batch, row for row; null where nothing is known.

        Args:
            batch: with identifier_kind, identifier and file_index (observations/batch.py).
        """
        keys = _keys_of(batch)
        rows = pc.index_in(keys, self._keys)
        if rows.null_count:
            self._learn(batch, keys, rows)
            rows = pc.index_in(keys, self._keys)
        return self._said.take(rows).combine_chunks()

    def _learn(self, batch: pa.Table, keys: pa.Array, rows: pa.Array) -> None:
        if len(self._keys) > _MOST_KNOWN:
            self._keys, self._said = self._keys[:0], self._said[:0]
            rows = pa.nulls(len(keys), pa.int32())
        fresh = pc.unique(keys.filter(pc.is_null(rows)))
        files = [_file(row) for row in _firsts(batch, keys, fresh)]
        known = self._verdicts(files)
        found = [known.get(file) for file in files]
        said = pa.table(
            [
                [one and one.entry_id for one in found],
                [one and one.category for one in found],
                [one and one.rule for one in found],
                [one and one.list_revision for one in found],
                [one and one.votes for one in found],
            ],
            schema=SCHEMA,
        )
        self._keys = pa.concat_arrays([self._keys, fresh])
        self._said = pa.concat_tables([self._said, said]).combine_chunks()


def verdict_columns(batch: pa.Table, verdicts: Verdicts) -> pa.Table:
    """The same for one batch alone."""
    return KnownVerdicts(verdicts).columns(batch)


def _keys_of(batch: pa.Table) -> pa.Array:
    """One key for each row, the same for the same file: kind, digest, place."""
    places = pc.fill_null(_whole(batch["file_index"]), _WHOLE_TORRENT).to_numpy()
    raw = pa.py_buffer(np.ascontiguousarray(places.astype("<i4")).tobytes())
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(4), len(places), [None, raw])
    parts = (_whole(batch["identifier_kind"]), _whole(batch["identifier"]), fixed)
    separator = pa.scalar(b"", pa.large_binary())
    return pc.binary_join_element_wise(
        *(part.cast(pa.binary()).cast(pa.large_binary()) for part in parts), separator
    )


def _firsts(batch: pa.Table, keys: pa.Array, wanted: pa.Array) -> list[dict[str, object]]:
    """A row that has each of the wanted keys."""
    at = pc.index_in(wanted, keys)
    rows: list[dict[str, object]] = batch.select(_NAMED_BY).take(at).to_pylist()
    return rows


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _file(row: Mapping[str, object]) -> File:
    kind, digest, place = row["identifier_kind"], row["identifier"], row["file_index"]
    assert isinstance(kind, str)
    assert isinstance(digest, bytes)
    assert place is None or isinstance(place, int)
    return Identifier(IdentifierKind(kind), digest), place
