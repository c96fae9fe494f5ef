"""Which entry and category each sighting is of: asked once for each distinct file, then spread."""

from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from luzeiro.catalogue.judged import UNKNOWN, Judged, Said
from luzeiro.sightings.arrays import coded, plain, whole
from luzeiro.sightings.remembered import UNSEEN, RememberedKeys

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
_MOST_KNOWN = 2_000_000  # files; about 60 bytes each

# Asked for a table of identifier_kind, identifier and file_index, each file once.
Verdicts = Callable[[pa.Table], Judged]


class KnownVerdicts:
    """What a catalogue said, remembered: each distinct file is asked for once.

    For one intake: what the catalogue says may change. Only what is met for the first time becomes
    an object.
    """

    def __init__(self, verdicts: Verdicts) -> None:
        self._verdicts = verdicts
        self._forget()

    def columns(self, batch: pa.Table) -> pa.Table:
        """Give the columns of `SCHEMA` for a batch, row for row; null where nothing is known.

        Args:
            batch: with identifier_kind, identifier and file_index (observations/batch.py).
        """
        which, firsts = _distinct(batch)
        some = batch.select(_NAMED_BY).take(pa.array(firsts))
        files = pa.table([plain(whole(column)) for column in some.columns], names=_NAMED_BY)
        keys = _keys_of(files)
        if len(self._keys) > _MOST_KNOWN:
            self._forget()
        rows = self._keys.find(keys)
        fresh = np.flatnonzero(rows == UNSEEN)
        if len(fresh):
            words = coded(keys.take(pa.array(fresh)))
            rows[fresh] = len(self._keys) + words.indices.to_numpy()
            self._learn(files.take(pa.array(fresh[_firsts_of(words)])), words.dictionary)
        return self._spread(rows[which])

    def _forget(self) -> None:
        self._keys = RememberedKeys()  # their numbers are places in the two arrays
        self._entries = np.empty(0, np.int64)
        self._which = np.empty(0, np.int32)
        self._numbers: dict[Said, int] = {}  # of each statement: its place in `_said`
        self._said = _table_of(())

    def _learn(self, files: pa.Table, keys: pa.Array) -> None:
        judged = self._verdicts(files)
        for one in judged.said:
            self._numbers.setdefault(one, len(self._numbers))
        numbers = np.array([*(self._numbers[one] for one in judged.said), UNKNOWN], np.int32)
        self._keys.add(keys)
        self._entries = np.concatenate([self._entries, judged.entries])
        self._which = np.concatenate([self._which, numbers[judged.which]])  # the last for UNKNOWN
        self._said = _table_of(self._numbers)

    def _spread(self, rows: NDArray[np.int64]) -> pa.Table:
        entries, which = self._entries[rows], self._which[rows]
        said = pa.array(which, mask=which == UNKNOWN)
        columns = [pa.array(entries, mask=entries == UNKNOWN)]
        for column in self._said.columns:
            each = whole(column)
            if pa.types.is_string(each.type):
                words = coded(each)
                each = pa.DictionaryArray.from_arrays(words.indices.take(said), words.dictionary)
            else:
                each = each.take(said)
            columns.append(each)
        return pa.table(columns, names=SCHEMA.names)


def verdict_columns(batch: pa.Table, verdicts: Verdicts) -> pa.Table:
    """The same for one batch alone."""
    return KnownVerdicts(verdicts).columns(batch)


def _table_of(said: Iterable[Said]) -> pa.Table:
    """Statements as the columns of `SCHEMA` after the first."""
    some = list(said)
    columns = ([getattr(one, name) for one in some] for name in SCHEMA.names[1:])
    return pa.table(list(columns), schema=pa.schema(list(SCHEMA)[1:]))


def _distinct(batch: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The number of each row's file among the batch's distinct ones, and a row that has each."""
    number = np.zeros(len(batch), np.int64)
    for name in _NAMED_BY:  # digits of a number: at most a million values of each, so it fits
        words = coded(whole(batch[name]))
        number = number * max(1, len(words.dictionary)) + words.indices.to_numpy()
    words = coded(pa.array(number))
    return words.indices.to_numpy().astype(np.int64), _firsts_of(words)


def _firsts_of(words: pa.DictionaryArray) -> NDArray[np.int64]:
    """For each distinct value, the first row that has it."""
    which = words.indices.to_numpy()
    firsts = np.zeros(len(words.dictionary), np.int64)
    firsts[which[::-1]] = np.arange(len(which))[::-1]  # the last that is written stays
    return firsts


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
