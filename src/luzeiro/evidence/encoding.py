"""The canonical encoding of a sighting: the bytes that are hashed into a segment's Merkle tree.

Written down for everybody in docs/reference/evidence.md. One sighting is::

    "LZS1" fixed variable

`fixed` holds the columns of `FIXED` in that order, each of one width, integers and floats
big-endian; a column that may be unknown has a byte before it, 1 where it is known, else 0 and
zeros. `variable` holds those of `VARIABLE`: a length in four bytes, then the text (UTF-8) or
bytes; unknown is the length 0xFFFFFFFF and nothing. A list is its count in four bytes, then its
members one after another. The raw exchange is not in it: its SHA-256 is.

Works on whole columns: about a microsecond a sighting.
"""

from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

VERSION = "LZS1"
# Column, and its type in numpy's spelling; "?" first: may be unknown.
FIXED = (
    ("sighting_id", "S16"),
    ("collector", "S16"),
    ("configuration_sha256", "S32"),
    ("remote_address", "S16"),
    ("remote_port", ">u2"),
    ("own_address", "?S16"),
    ("own_port", "?>u2"),
    ("started_at", ">i8"),
    ("seen_at", ">i8"),
    ("clock_error_s", "?>f8"),
    ("file_index", "?>i4"),
    ("size_bytes", "?>i8"),
    ("completeness", "?>f8"),
    ("raw_sha256", "S32"),
)
_FEW = (  # have few distinct values in a segment, and mostly the same ones together
    *("software", "watch_revision", "network", "port_kind", "opened_by", "clock_source"),
    *("identifier_kind", "completeness_bound", "role", "client", "grade", "control"),
)
VARIABLE = (*_FEW, "identifier", "name", "user_ids", "told_by", "doubts")
_FIXED_NAMES = tuple(name for name, _ in FIXED)
_MOST_COMBINATIONS = 1 << 16
_ROWS_AT_ONCE = 1 << 15  # bounds the memory that encoding takes
_MEMBERS: dict[str, tuple[tuple[str, str], ...]] = {
    # "T": text or bytes with its length before it; "b": one byte, 0 or 1; "?b": 2 where unknown.
    "user_ids": (("kind", "T"), ("value", "T"), ("durable", "b")),
    "told_by": (
        *(("address", "S16"), ("port", ">u2"), ("means", "T"), ("told_at", ">i8")),
        *(("node_id", "T"), ("id_fits_address", "?b")),
    ),
}


def row_hashes(table: pa.Table) -> list[bytes]:
    """The leaf hash of each row, 32 bytes (RFC 9162 section 2.1.1).

    Raises:
        ValueError: as `leaves`.
    """
    hashes: list[bytes] = []
    for start in range(0, len(table), _ROWS_AT_ONCE):
        hashes += _hashed(leaves(table.slice(start, _ROWS_AT_ONCE)))
    return hashes


def _hashed(entries: pa.BinaryArray) -> list[bytes]:
    offsets, held = entries.buffers()[1:]
    begins = memoryview(offsets).cast("i")[entries.offset :][: len(entries) + 1].tolist()
    entry_bytes = memoryview(held or b"")
    return [sha256(entry_bytes[begin:end]).digest() for begin, end in pairwise(begins)]


def leaves(table: pa.Table) -> pa.BinaryArray:
    """Encode each row, with the byte 0 that RFC 9162 puts before a leaf in front.

    Args:
        table: of the columns of `observations.batch.SCHEMA`.

    Raises:
        ValueError: a float that is not a number: it has no one spelling.
    """
    columns = {name: _one_chunk(table[name]) for name in (*_FIXED_NAMES, *VARIABLE)}
    parts = [_fixed(columns, len(table)), *_few(columns, len(table)), *_each(columns)]
    return pc.binary_join_element_wise(*parts, b"")


def encode_row(table: pa.Table, row: int) -> bytes:
    """The canonical encoding of one row, without the byte before it."""
    encoded: bytes = leaves(table.slice(row, 1))[0].as_py()
    return encoded[1:]


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _fixed(columns: dict[str, pa.Array], rows: int) -> pa.Array:
    layout = [("head", "S5")]
    for name, kind in FIXED:
        if kind.startswith("?"):
            layout.append((f"{name} known", "u1"))
        layout.append((name, kind.lstrip("?").replace("S", "V")))
    record = np.zeros(rows, np.dtype(layout))
    record["head"] = b"\x00" + VERSION.encode()
    for name, kind in FIXED:
        column = columns[name]
        if kind.startswith("?"):
            known = _known(column)
            record[f"{name} known"] = known
            record[name][known] = _values(column, kind[1:])[known]
        else:
            record[name] = _values(column, kind)
    width = record.dtype.itemsize
    held = pa.py_buffer(record)
    begins = pa.py_buffer(np.arange(0, (rows + 1) * width, width, dtype=np.int32))
    return pa.Array.from_buffers(pa.binary(), rows, [None, begins, held])


def _values(column: pa.Array, kind: str) -> NDArray[np.generic]:
    """A fixed-width column as numpy sees it, nulls as whatever lies there."""
    wanted = np.dtype(kind.replace("S", "V"))
    held = column.buffers()[1]
    if held is None:
        return np.zeros(len(column), wanted)
    native = wanted if wanted.kind == "V" else wanted.newbyteorder("=")
    values = np.frombuffer(held, native)[column.offset : column.offset + len(column)]
    if wanted.kind == "f" and np.isnan(values[_known(column)]).any():
        raise ValueError("a number of a sighting is not a number")
    return values


def _known(column: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False), np.bool_)


def _few(columns: dict[str, pa.Array], rows: int) -> list[pa.Array]:
    """Encode the columns of few values: each combination of them once, then by number."""
    number, combinations, firsts = np.zeros(rows, np.int64), 1, np.zeros(0, np.int64)
    for name in _FEW:
        coded = pc.dictionary_encode(columns[name], null_encoding="encode")
        number = number * len(coded.dictionary) + coded.indices.to_numpy()
        combinations *= max(1, len(coded.dictionary))
        if combinations > _MOST_COMBINATIONS:
            _, firsts, number = np.unique(number, return_index=True, return_inverse=True)
            combinations = len(firsts)
    _, firsts, number = np.unique(number, return_index=True, return_inverse=True)
    if len(firsts) > _MOST_COMBINATIONS:
        return [part for name in _FEW for part in _text(columns[name])]
    rows_of_each = pa.array(firsts)
    distinct = [part for name in _FEW for part in _text(columns[name].take(rows_of_each))]
    return [pc.binary_join_element_wise(*distinct, b"").take(pa.array(number))]


def _each(columns: dict[str, pa.Array]) -> Iterable[pa.Array]:
    for name in VARIABLE[len(_FEW) :]:
        column = columns[name]
        if pa.types.is_list(column.type):
            yield _list(name, column)
        else:
            yield from _text(column)


def _text(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Text or bytes as two columns: the length, and what it is the length of."""
    held = column.cast(pa.binary())
    lengths = pc.fill_null(pc.binary_length(held), -1).to_numpy(zero_copy_only=False)
    told = _as_binary(lengths.astype(">i4"))  # -1 is 0xFFFFFFFF
    return told, pc.fill_null(held, b"") if held.null_count else held


def _as_binary(values: NDArray[np.generic]) -> pa.Array:
    """Each number as the bytes that it has in memory."""
    width, count = values.dtype.itemsize, len(values)
    begins = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    buffers = [None, pa.py_buffer(begins), pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.binary(), count, buffers)


def _list(name: str, lists: pa.ListArray) -> pa.Array:
    """Encode the members end to end; then a list's bytes are a stretch of that."""
    begins = lists.offsets.to_numpy()
    members = lists.values.slice(int(begins[0]), int(begins[-1] - begins[0]))
    counts = _as_binary(np.diff(begins).astype(">u4"))
    encoded = _members(name, members)
    member_begins = np.frombuffer(encoded.buffers()[1], np.int32)[encoded.offset :]
    stretches = member_begins[begins - begins[0]] if len(members) else np.zeros_like(begins)
    held = encoded.buffers()[2] or pa.py_buffer(b"")
    joined = pa.Array.from_buffers(
        pa.binary(), len(lists), [None, pa.py_buffer(np.ascontiguousarray(stretches)), held]
    )
    return pc.binary_join_element_wise(counts, joined, b"")


def _members(name: str, members: pa.Array) -> pa.Array:
    if name not in _MEMBERS:
        return pc.binary_join_element_wise(*_text(members), b"")
    parts: list[pa.Array] = []
    for field, kind in _MEMBERS[name]:
        values = pc.struct_field(members, field)
        if kind == "T":
            parts += _text(values)
        elif kind.endswith("b"):
            parts.append(_as_binary(pc.fill_null(values.cast(pa.uint8()), 2).to_numpy().copy()))
        else:
            parts.append(_as_binary(_values(values, kind).astype(kind.replace("S", "V"))))
    return pc.binary_join_element_wise(*parts, b"")
