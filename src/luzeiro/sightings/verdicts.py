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
    ]
)


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


File = tuple[Identifier, int | None]  # an identifier, and the file's place if it names a torrent
Verdicts = Callable[[Iterable[File]], Mapping[File, Verdict]]  # what is unknown is left out


def verdict_columns(batch: pa.Table, verdicts: Verdicts) -> pa.Table:
    """Give the columns of `SCHEMA` for a batch, row for row; null where nothing is known.

    Args:
        batch: with identifier_kind, identifier and file_index (observations/batch.py).
        verdicts: asked once, with each distinct file of the batch.
    """
    first_rows, which = _distinct(batch)
    files = [_file(row) for row in batch.take(first_rows).to_pylist()]
    known = verdicts(files)
    found = [known.get(file) for file in files]
    distinct = pa.table(
        [
            [one and one.entry_id for one in found],
            [one and one.category for one in found],
            [one and one.rule for one in found],
            [one and one.list_revision for one in found],
        ],
        schema=SCHEMA,
    )
    return distinct.take(which).combine_chunks()


def _distinct(batch: pa.Table) -> tuple[pa.Array, pa.Array]:
    """The first row of each distinct file, and for every row which of them it is of."""
    kinds = pc.dictionary_encode(batch["identifier_kind"].combine_chunks()).indices
    names = pc.dictionary_encode(batch["identifier"].combine_chunks()).indices
    places = pc.dictionary_encode(pc.fill_null(batch["file_index"].combine_chunks(), -1)).indices
    keys = np.zeros(len(batch), np.int64)
    for codes in (kinds, names, places):  # each below 2^20: three of them fit 63 bits
        keys = keys << 20 | codes.to_numpy()
    _, first_rows, which = np.unique(keys, return_index=True, return_inverse=True)
    return pa.array(first_rows), pa.array(which)


def _file(row: Mapping[str, object]) -> File:
    kind, digest, place = row["identifier_kind"], row["identifier"], row["file_index"]
    assert isinstance(kind, str)
    assert isinstance(digest, bytes)
    assert place is None or isinstance(place, int)
    return Identifier(IdentifierKind(kind), digest), place
