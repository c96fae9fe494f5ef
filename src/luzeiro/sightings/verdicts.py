"""Which entry and category each sighting is of: asked once for each distinct file, then spread."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.sightings.arrays import whole

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
_UNASKED = -1


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

    For one intake: what the catalogue says may change. Only distinct files are Python objects.
    """

    def __init__(self, verdicts: Verdicts) -> None:
        self._verdicts = verdicts
        self._keys = pa.array([], pa.large_binary())  # `_keys_of` each row of `_said`
        self._said = SCHEMA.empty_table()

    def columns(self, batch: pa.Table) -> pa.Table:
        """Give the columns of `SCHEMA` for a batch, row for row; null where nothing is known.

        Args:
            batch: with identifier_kind, identifier and file_index (observations/batch.py).
        """
        which, firsts = _distinct(batch)
        files = batch.select(_NAMED_BY).take(pa.array(firsts))
        keys = _keys_of(files)
        if len(self._keys) > _MOST_KNOWN:
            self._keys, self._said = self._keys[:0], SCHEMA.empty_table()
        found = pc.index_in(keys, value_set=self._keys)
        rows = pc.fill_null(found, _UNASKED).to_numpy().astype(np.int64)
        fresh = np.flatnonzero(rows == _UNASKED)
        if len(fresh):
            rows[fresh] = np.arange(len(self._said), len(self._said) + len(fresh))
            self._learn(files.take(pa.array(fresh)), keys.take(pa.array(fresh)))
        return self._said.take(pa.array(rows[which])).combine_chunks()

    def _learn(self, fresh: pa.Table, keys: pa.Array) -> None:
        files = [_file(row) for row in fresh.to_pylist()]
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
        self._keys = pa.concat_arrays([self._keys, keys])
        self._said = pa.concat_tables([self._said, said]).combine_chunks()


def verdict_columns(batch: pa.Table, verdicts: Verdicts) -> pa.Table:
    """The same for one batch alone."""
    return KnownVerdicts(verdicts).columns(batch)


def _distinct(batch: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The number of each row's file among the batch's distinct ones, and a row that has each."""
    number = np.zeros(len(batch), np.int64)
    for name in _NAMED_BY:  # digits of a number: at most a million values of each, so it fits
        coded = pc.dictionary_encode(whole(batch[name]), null_encoding="encode")
        number = number * max(1, len(coded.dictionary)) + coded.indices.to_numpy()
    coded = pc.dictionary_encode(pa.array(number))
    which = coded.indices.to_numpy().astype(np.int64)
    firsts = np.zeros(len(coded.dictionary), np.int64)
    firsts[which[::-1]] = np.arange(len(batch))[::-1]  # the last that is written stays
    return which, firsts


def _keys_of(files: pa.Table) -> pa.Array:
    """One key for each file: kind, digest, place."""
    places = pc.fill_null(whole(files["file_index"]), _WHOLE_TORRENT).to_numpy()
    raw = pa.py_buffer(np.ascontiguousarray(places.astype("<i4")).tobytes())
    fixed = pa.FixedSizeBinaryArray.from_buffers(pa.binary(4), len(places), [None, raw])
    parts = (whole(files["identifier_kind"]), whole(files["identifier"]), fixed)
    separator = pa.scalar(b"", pa.large_binary())
    return pc.binary_join_element_wise(
        *(part.cast(pa.binary()).cast(pa.large_binary()) for part in parts), separator
    )


def _file(row: Mapping[str, object]) -> File:
    kind, digest, place = row["identifier_kind"], row["identifier"], row["file_index"]
    assert isinstance(kind, str)
    assert isinstance(digest, bytes)
    assert place is None or isinstance(place, int)
    return Identifier(IdentifierKind(kind), digest), place
