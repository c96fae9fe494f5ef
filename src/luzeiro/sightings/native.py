"""ClickHouse's Native format, to Arrow and back: what servers of every age speak over HTTP.

A block is two varints (columns, rows), then for each column its name, its type and its values.
Source: ClickHouse documentation, "Native" and "Native protocol: columns".
"""

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from luzeiro.sightings.arrays import plain, whole

_NUMBERS = {
    **{f"UInt{bits}": np.dtype(f"<u{bits // 8}") for bits in (8, 16, 32, 64)},
    **{f"Int{bits}": np.dtype(f"<i{bits // 8}") for bits in (8, 16, 32, 64)},
    **{f"Float{bits}": np.dtype(f"<f{bits // 8}") for bits in (32, 64)},
}
_WRAPPED = re.compile(r"(Nullable|Array|FixedString)\((.+)\)")


class NativeError(Exception):
    """Bytes that are no block, or a type that is not used here."""


def encode(rows: pa.Table, columns: Sequence[tuple[str, str]]) -> bytes:
    """Encode rows as one block.

    Args:
        rows: with a column for each name, of a fitting Arrow type.
        columns: name and ClickHouse type (no LowCardinality: servers convert), in order.
    """
    parts = [_varint(len(columns)), _varint(len(rows))]
    for name, kind in columns:
        parts += [_counted(name.encode()), _counted(kind.encode())]
        parts += _encoded(kind, plain(whole(rows[name])))
    return b"".join(parts)


def decode(stream: BinaryIO) -> Iterator[pa.RecordBatch]:
    """Decode blocks until the stream ends.

    Raises:
        NativeError: cut short, or a type that is not used here.
    """
    while (count := _read_varint(stream, may_end=True)) is not None:
        rows = _exact_varint(stream)
        names, arrays = [], []
        for _ in range(count):
            names.append(_read_counted(stream).decode())
            arrays.append(_decoded(_read_counted(stream).decode(), rows, stream))
        yield pa.record_batch(arrays, names=names)


def _encoded(kind: str, values: pa.Array) -> list[bytes]:
    if matched := _WRAPPED.fullmatch(kind):
        outer, inner = matched.groups()
        if outer == "Nullable":
            nulls = values.is_null().cast(pa.uint8()).to_numpy(zero_copy_only=False)
            return [nulls.tobytes(), *_encoded(inner, _filled(inner, values))]
        if outer == "Array":
            offsets = values.offsets.to_numpy()
            ends = (offsets[1:] - offsets[:1]).astype("<u8")
            return [ends.tobytes(), *_encoded(inner, values.flatten())]
        return [_fixed_bytes(values, int(inner))]
    if kind == "String":
        return [_strings(values)]
    return [values.to_numpy(zero_copy_only=False).astype(_number(kind)).tobytes()]


def _filled(kind: str, values: pa.Array) -> pa.Array:
    """Something where nothing is: the server does not look at it."""
    if not values.null_count:
        return values
    if matched := _WRAPPED.fullmatch(kind):
        return pc.fill_null(values.cast(pa.binary()), bytes(int(matched[2])))
    return pc.fill_null(values, "" if pa.types.is_string(values.type) else
                        b"" if pa.types.is_binary(values.type) else 0)  # fmt: skip


def _fixed_bytes(values: pa.Array, width: int) -> bytes:
    if values.type == pa.binary(width) and not values.null_count:
        begin = values.offset * width
        raw: bytes = values.buffers()[1][begin : begin + len(values) * width].to_pybytes()
        return raw
    return b"".join(values.to_pylist())


def _strings(values: pa.Array) -> bytes:
    """Each with its length before it, laid end to end: Arrow does the joining."""
    values = values.cast(pa.large_binary())
    lengths = pc.binary_length(values)
    distinct = pc.unique(lengths)
    prefixes = pa.array([_varint(one) for one in distinct.to_pylist()], pa.large_binary())
    before = prefixes.take(pc.index_in(lengths, distinct))
    joined = pc.binary_join_element_wise(before, values, pa.scalar(b"", pa.large_binary()))
    if not len(joined):
        return b""
    ends = np.frombuffer(joined.buffers()[1], np.int64)[joined.offset :][: len(joined) + 1]
    laid: bytes = joined.buffers()[2][int(ends[0]) : int(ends[-1])].to_pybytes()
    return laid


def _decoded(kind: str, rows: int, stream: BinaryIO) -> pa.Array:
    if matched := _WRAPPED.fullmatch(kind):
        outer, inner = matched.groups()
        if outer == "Nullable":
            nulls = np.frombuffer(_exactly(stream, rows), np.uint8).astype(bool)
            values = _decoded(inner, rows, stream)
            return pc.if_else(pa.array(~nulls), values, pa.scalar(None, values.type))
        if outer == "Array":
            ends = np.frombuffer(_exactly(stream, 8 * rows), "<u8").astype(np.int64)
            begins = np.concatenate([np.zeros(1, np.int64), ends]).astype(np.int32)
            return pa.ListArray.from_arrays(begins, _decoded(inner, int(begins[-1]), stream))
        width = int(inner)
        raw = pa.py_buffer(_exactly(stream, width * rows))
        return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), rows, [None, raw])
    if kind == "String":
        return pa.array([_read_counted(stream) for _ in range(rows)], pa.binary())
    dtype = _number(kind)
    return pa.array(np.frombuffer(_exactly(stream, dtype.itemsize * rows), dtype))


def _number(kind: str) -> "np.dtype[np.generic]":
    try:
        return _NUMBERS[kind]
    except KeyError:
        raise NativeError(f"the type {kind} is not used here") from None


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _counted(raw: bytes) -> bytes:
    return _varint(len(raw)) + raw


def _read_varint(stream: BinaryIO, *, may_end: bool = False) -> int | None:
    number = shift = 0
    while True:
        byte = stream.read(1)
        if not byte:
            if may_end and not shift:
                return None
            raise NativeError("the answer is cut short")
        number |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return number
        shift += 7


def _exact_varint(stream: BinaryIO) -> int:
    number = _read_varint(stream)
    assert number is not None
    return number


def _read_counted(stream: BinaryIO) -> bytes:
    return _exactly(stream, _exact_varint(stream))


def _exactly(stream: BinaryIO, count: int) -> bytes:
    raw = stream.read(count)
    if len(raw) != count:
        raise NativeError("the answer is cut short")
    return raw
