"""Rows in the table's own order before they are inserted: the engine then need not sort them.

Numbers are sorted here, and a column that says the same in every row is not moved at all. The
engine compares words and moves every column, in the thread that also packs and writes them; here
it is done while the group before is written.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from luzeiro.sightings.arrays import coded, whole


def in_order(tables: Sequence[pa.Table]) -> pa.Table:
    """Some tables of rows (columns.py) as one, in the order of `schema.ORDER`."""
    held = pa.concat_tables(tables)
    rows = pa.table([whole(column) for column in held.columns], names=held.column_names)
    where = pa.array(_order(rows))
    columns = (whole(column) for column in rows.columns)
    return pa.table(
        [one if _is_the_same(one) else one.take(where) for one in columns], names=rows.column_names
    )


def _order(rows: pa.Table) -> NDArray[np.int64]:
    halves = _halves(whole(rows["remote_address"]))
    keys = (
        rows["seen_at"].to_numpy(),
        halves[:, 1],
        halves[:, 0],
        _ranks(whole(rows["region"])),
        _ranks(whole(rows["country"])),
    )
    return np.lexsort(keys)  # by the last one first


def _halves(addresses: pa.Array) -> NDArray[np.uint64]:
    """Shape (n, 2): addresses as numbers that compare as their bytes do."""
    raw = np.frombuffer(addresses.buffers()[1], ">u8", 2 * len(addresses), 16 * addresses.offset)
    return raw.astype(np.uint64).reshape(-1, 2)


def _ranks(words: pa.Array) -> NDArray[np.int32]:
    """Of each word its place among the distinct ones, by their bytes."""
    numbered = coded(words)
    distinct = [one.encode() for one in numbered.dictionary.to_pylist()]
    ranks = np.empty(len(distinct), np.int32)
    ranks[sorted(range(len(distinct)), key=distinct.__getitem__)] = np.arange(len(distinct))
    ranked: NDArray[np.int32] = ranks[numbered.indices.to_numpy()]
    return ranked


def _is_the_same(column: pa.Array) -> bool:
    """Whether all rows of a column are known to be alike.

    Of longer lists that is not asked; of words as numbers, their dictionary tells.
    """
    if pa.types.is_dictionary(column.type):
        return len(column.dictionary) == 1 and not column.null_count
    if column.null_count:
        return bool(column.null_count == len(column))
    if not len(column):
        return True
    if pa.types.is_list(column.type):
        lengths = pc.list_value_length(column)
        return lengths[0].as_py() < 2 and all(map(_is_the_same, (lengths, column.flatten())))
    if column[0] != column[len(column) // 2]:  # most columns that vary are told by this
        return False
    return bool(pc.all(pc.equal(column, column[0])).as_py())
