"""What columns of tables have in common."""

import pyarrow as pa


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column's chunks as one array; the very chunk where there is one."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
