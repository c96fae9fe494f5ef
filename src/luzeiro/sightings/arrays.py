"""What columns of tables have in common."""

import pyarrow as pa
import pyarrow.compute as pc


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column's chunks as one array; the very chunk where there is one."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def coded(values: pa.Array) -> pa.DictionaryArray:
    """Values as numbers of distinct ones, null among these; as they are where they are coded."""
    if pa.types.is_dictionary(values.type):
        if not values.null_count:
            return values
        values = values.dictionary_decode()
    return pc.dictionary_encode(values, null_encoding="encode")


def plain(values: pa.Array) -> pa.Array:
    """Values without numbers in between."""
    return values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
