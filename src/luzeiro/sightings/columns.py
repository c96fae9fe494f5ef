"""Between the record's columns and the store's: lists of structs are one array a field there."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from luzeiro.observations import batch
from luzeiro.places.place import PLACE, unplaced
from luzeiro.sightings import verdicts
from luzeiro.sightings.arrays import whole
from luzeiro.sightings.schema import COLUMNS, UNKNOWN, WHOLE_TORRENT

_HUB = pa.schema(
    [
        *verdicts.SCHEMA,
        pa.field("segment", pa.binary(32), nullable=False),
        pa.field("position", pa.uint32(), nullable=False),
        *PLACE,
    ]
)
# What a query for sightings gives: the record without the raw exchange, and what the hub added.
RESULT = pa.schema([*(field for field in batch.SCHEMA if field.name != "exchange"), *_HUB])
# What of a segment goes into the store. The exchange, most of its bytes, is never unpacked for it.
KEPT = tuple(field.name for field in batch.SCHEMA if field.name != "exchange")
_STRUCTS = {"user_ids": batch.USER_ID, "told_by": batch.WITNESS}


def for_store(
    sealed: pa.Table, judged: pa.Table, segment: bytes, placed: pa.Table | None = None
) -> pa.Table:
    """Lay out a segment as the store's columns.

    Args:
        sealed: of `batch.SCHEMA`; `KEPT` will do.
        judged: of `verdicts.SCHEMA`, as many rows.
        segment: SHA-256 of the segment's file.
        placed: of `PLACE`, as many rows; unplaced where not given.
    """
    placed = unplaced(len(sealed)) if placed is None else placed
    arrays: dict[str, pa.Array] = {}
    for name in RESULT.names:
        if name in _STRUCTS:
            arrays |= _flattened(name, whole(sealed[name]))
        elif name in judged.column_names:
            arrays[name] = whole(judged[name])
        elif name in placed.column_names:
            arrays[name] = whole(placed[name])
        elif name in sealed.column_names:
            arrays[name] = whole(sealed[name])
    arrays["votes"] = pc.coalesce(arrays["votes"], pa.scalar([], arrays["votes"].type))
    arrays["file_index"] = pc.fill_null(arrays["file_index"], WHOLE_TORRENT)
    arrays["segment"] = pa.array([segment], pa.binary(32)).take(
        pa.array(np.zeros(len(sealed), np.int64))
    )
    arrays["position"] = pa.array(np.arange(len(sealed), dtype=np.uint32))
    return pa.table({column.name: arrays[column.name] for column in COLUMNS})


def packed_addresses(column: pa.ChunkedArray) -> NDArray[np.uint8]:
    """A column of addresses, none of them null, as an array of shape (n, 16)."""
    packed = whole(column)
    raw = np.frombuffer(packed.buffers()[1], np.uint8, 16 * len(packed), 16 * packed.offset)
    return raw.reshape(-1, 16)


def from_store(found: pa.RecordBatch) -> pa.RecordBatch:
    """Give rows of the store as `RESULT`: text as text, lists of structs, null where unknown."""
    # By position: the derived grade stands where the stored one would.
    held = dict(zip((column.name for column in COLUMNS), found.columns, strict=True))
    index = held["file_index"]
    unknown = pa.scalar(None, index.type)
    held["file_index"] = pc.if_else(pc.equal(index, WHOLE_TORRENT), unknown, index)
    for name, kind in _STRUCTS.items():
        held[name] = _nested(name, kind, held)
    return pa.record_batch([_as(held[field.name], field.type) for field in RESULT], schema=RESULT)


def conformed(found: pa.Table, answer: pa.Schema) -> pa.Table:
    """Give an engine's answer, column by column, as the question promised it."""
    if not len(found):
        return answer.empty_table()
    if len(found.columns) != len(answer):
        raise ValueError(f"{len(answer)} columns were asked for, {len(found.columns)} came")
    found = found.combine_chunks()
    arrays = [
        _as(whole(column), field.type) for column, field in zip(found.columns, answer, strict=True)
    ]
    return pa.table(arrays, schema=answer)


def _flattened(name: str, lists: pa.ListArray) -> dict[str, pa.Array]:
    begins, structs = _begins(lists), lists.flatten()
    arrays = {}
    for field in lists.type.value_type:
        values = structs.field(field.name)
        if field.nullable:
            values = pc.fill_null(values.cast(pa.int8()), UNKNOWN)
        elif pa.types.is_boolean(field.type):
            values = values.cast(pa.uint8())
        arrays[f"{name}.{field.name}"] = pa.ListArray.from_arrays(begins, values)
    return arrays


def _nested(name: str, kind: pa.StructType, held: dict[str, pa.Array]) -> pa.Array:
    fields, arrays = list(kind), []
    for field in fields:
        values = held[f"{name}.{field.name}"].flatten()
        if field.nullable:
            values = pc.if_else(pc.equal(values, UNKNOWN), pa.scalar(None, values.type), values)
        arrays.append(_as(values, field.type))
    begins = _begins(held[f"{name}.{fields[0].name}"])
    structs = pa.StructArray.from_arrays(arrays, fields=fields)
    return pa.ListArray.from_arrays(begins, structs, type=RESULT.field(name).type)


def _begins(lists: pa.ListArray) -> pa.Array:
    """Where each list begins in the flattened values, also where `lists` is a slice."""
    begins = lists.offsets
    return pc.subtract(begins, begins[0]) if len(begins) else begins


def _as(values: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_list(values.type) and pa.types.is_list(kind) and values.type != kind:
        texts = values.flatten().cast(kind.value_type)
        return pa.ListArray.from_arrays(_begins(values), texts, type=kind)
    return values if values.type == kind else values.cast(kind)
