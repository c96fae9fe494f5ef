"""The data section of a MaxMind DB file: typed values, and pointers between them.

Source: MaxMind DB File Format Specification 2.0, "Output Data Section". Anything that it does not
allow is refused: pointers to pointers and out of the section, sizes beyond the end, numbers wider
than their type, nesting beyond `MOST_NESTED`.
"""

import struct
from collections.abc import Callable

from luzeiro.places.errors import BrokenDataError

MOST_NESTED = 64
Value = str | bytes | int | float | bool | dict[str, "Value"] | list["Value"]

_POINTER, _STRING, _DOUBLE, _BYTES, _UINT16, _UINT32, _MAP = range(1, 8)
_INT32, _UINT64, _UINT128, _ARRAY, _CONTAINER, _END, _BOOLEAN, _FLOAT = range(8, 16)
_POINTER_BASES = (0, 2048, 526_336, 0)
_WIDTHS = {_UINT16: 2, _UINT32: 4, _INT32: 4, _UINT64: 8, _UINT128: 16}


class DataSection:
    """Decodes values at offsets of one section."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._deepest = 0

    def value_at(self, offset: int) -> Value:
        """Decode the value that begins at an offset.

        Raises:
            BrokenDataError: there is none, or it is not as the format says.
        """
        return self._value(offset, 0)[0]

    def value_and_end(self, offset: int) -> tuple[Value, int]:
        """The same, and where the next one would begin."""
        return self._value(offset, 0)

    def _value(self, at: int, depth: int) -> tuple[Value, int]:
        if depth > MOST_NESTED:
            raise BrokenDataError(f"values are nested more than {MOST_NESTED} deep")
        kind, size, at = self._control(at)
        if kind == _POINTER:
            target, end = self._pointer(size, at)
            pointed, _, _ = self._control(target)
            if pointed == _POINTER:
                raise BrokenDataError(f"the pointer to byte {target} leads to a pointer")
            return self._value(target, depth + 1)[0], end
        if kind == _MAP:
            return self._map(size, at, depth)
        if kind == _ARRAY:
            return self._array(size, at, depth)
        if kind == _BOOLEAN:
            if size > 1:
                raise BrokenDataError(f"a boolean of size {size}")
            return bool(size), at
        read = _SCALARS.get(kind)
        if read is None:
            raise BrokenDataError(f"a value of unknown type {kind}")
        return read(kind, self._take(at, size)), at + size

    def _map(self, size: int, at: int, depth: int) -> tuple[Value, int]:
        self._check_count(size, at, 2)
        held: dict[str, Value] = {}
        for _ in range(size):
            key, at = self._value(at, depth + 1)
            if not isinstance(key, str):
                raise BrokenDataError("a key of a map is not text")
            held[key], at = self._value(at, depth + 1)
        return held, at

    def _array(self, size: int, at: int, depth: int) -> tuple[Value, int]:
        self._check_count(size, at, 1)
        held: list[Value] = []
        for _ in range(size):
            one, at = self._value(at, depth + 1)
            held.append(one)
        return held, at

    def _check_count(self, size: int, at: int, least_bytes: int) -> None:
        if size * least_bytes > len(self._data) - at:
            raise BrokenDataError(f"{size} items at byte {at} do not fit the file")

    def _control(self, at: int) -> tuple[int, int, int]:
        """Type, size (of a pointer: its five low bits), and where the payload begins."""
        first = self._take(at, 1)[0]
        kind, size, at = first >> 5, first & 0x1F, at + 1
        if kind == _POINTER:
            return kind, size, at
        if kind == 0:
            kind, at = 7 + self._take(at, 1)[0], at + 1
            if kind < _INT32:
                raise BrokenDataError(f"an extended type {kind}, at byte {at}")
        if size >= 29:
            more = size - 28
            base = (29, 285, 65_821)[more - 1]
            size, at = base + int.from_bytes(self._take(at, more), "big"), at + more
        return kind, size, at

    def _pointer(self, bits: int, at: int) -> tuple[int, int]:
        extra = (bits >> 3) + 1
        low = int.from_bytes(self._take(at, extra), "big")
        high = 0 if extra == 4 else (bits & 7) << (8 * extra)
        return high + low + _POINTER_BASES[extra - 1], at + extra

    def _take(self, at: int, count: int) -> memoryview:
        if at < 0 or at + count > len(self._data):
            raise BrokenDataError(f"it points to byte {at} of {len(self._data)} bytes of data")
        return self._data[at : at + count]


def _text(_kind: int, raw: memoryview) -> Value:
    try:
        return str(raw, "utf-8")
    except UnicodeDecodeError as error:
        raise BrokenDataError("text that is not UTF-8") from error


def _unsigned(kind: int, raw: memoryview) -> Value:
    if len(raw) > _WIDTHS[kind]:
        raise BrokenDataError(f"a number of {len(raw)} bytes in a field of {_WIDTHS[kind]}")
    return int.from_bytes(raw, "big")


def _signed(kind: int, raw: memoryview) -> Value:
    value = _unsigned(kind, raw)
    assert isinstance(value, int)
    # Shorter than its type: the leading zero bytes were left out.
    return value - (1 << 32) if len(raw) == 4 and value >> 31 else value


def _real(kind: int, raw: memoryview) -> Value:
    shape = ">d" if kind == _DOUBLE else ">f"
    if len(raw) != struct.calcsize(shape):
        raise BrokenDataError(f"a floating-point number of {len(raw)} bytes")
    value: float = struct.unpack(shape, raw)[0]
    return value


_SCALARS: dict[int, Callable[[int, memoryview], Value]] = {
    _STRING: _text,
    _BYTES: lambda _kind, raw: bytes(raw),
    **dict.fromkeys((_UINT16, _UINT32, _UINT64, _UINT128), _unsigned),
    _INT32: _signed,
    **dict.fromkeys((_DOUBLE, _FLOAT), _real),
}
