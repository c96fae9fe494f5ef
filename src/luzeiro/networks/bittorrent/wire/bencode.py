"""Bencoding (BEP 3, "bencoding"): strict to read, canonical to write, linear in its input.

Refused whatever the caller asks: leading zeros, minus zero, numbers beyond 64 bits, lengths that
run past the end, trailing bytes, keys that are not strings, a key twice, nesting beyond
`DEPTH_LIMIT`. Refused with `canonical=True` too: keys out of order, which BEP 3 forbids but which
KRPC senders in the wild get wrong.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from luzeiro.networks.kit.errors import WireError

Value: TypeAlias = "int | bytes | list[Value] | dict[bytes, Value]"
Encodable: TypeAlias = "int | bytes | Sequence[Encodable] | Mapping[bytes, Encodable]"

DEPTH_LIMIT = 32
_INTEGER = re.compile(rb"i(0|-?[1-9][0-9]{0,19})e")
_LENGTH = re.compile(rb"(0|[1-9][0-9]{0,9}):")
_DICT, _LIST, _INT, _END = b"dlie"


def decode(data: bytes, *, spec: str, canonical: bool = False) -> Value:
    """Decode one value that fills `data`; `spec` names the caller's specification in errors.

    Raises:
        WireError: not bencode, not canonical where that is asked for, or bytes left over.
    """
    value, end = decode_prefix(data, spec=spec, canonical=canonical)
    if end != len(data):
        raise WireError(f"{len(data) - end} bytes after the value", at=end, spec=spec)
    return value


def decode_prefix(
    data: bytes, *, spec: str, start: int = 0, canonical: bool = False
) -> tuple[Value, int]:
    """Decode one value at `start`; give it and where it ends. What follows is not looked at.

    Raises:
        WireError: as `decode`.
    """
    return _Reader(data, spec, canonical).value(start, DEPTH_LIMIT)


def decode_dict(data: bytes, *, spec: str, canonical: bool = False) -> "Fields":
    """Decode one dictionary that fills `data`.

    Raises:
        WireError: as `decode`, or the value is not a dictionary.
    """
    value = decode(data, spec=spec, canonical=canonical)
    if not isinstance(value, dict):
        raise WireError("not a dictionary", at=0, spec=spec)
    return Fields(value, spec=spec)


def span_of(data: bytes, key: bytes = b"info", *, spec: str = "BEP 3") -> tuple[int, int]:
    """Where the value of a top-level key lies: (start, end) such that data[start:end] is it.

    Raises:
        WireError: `data` is not one dictionary, or the key is missing.
    """
    reader, position, found = _Reader(data, spec, canonical=False), 1, None
    decode_dict(data, spec=spec)
    while data[position] != _END:
        name, start = reader.string(position)
        _, position = reader.value(start, DEPTH_LIMIT)
        if name == key:
            found = (start, position)
    if found is None:
        raise WireError(f"no key {key!r}", at=0, spec=spec)
    return found


def encode(value: Encodable) -> bytes:
    """Encode canonically: keys sorted.

    Raises:
        TypeError: a value or a key that bencoding has no form for.
    """
    parts: list[bytes] = []
    _write(value, parts)
    return b"".join(parts)


class Fields:
    """A decoded dictionary whose fields are read by name, type and size."""

    __slots__ = ("spec", "values")

    def __init__(self, values: dict[bytes, Value], *, spec: str) -> None:
        self.values = values
        self.spec = spec

    def __contains__(self, key: bytes) -> bool:
        return key in self.values

    def bytes_at(self, key: bytes, *, size: int | None = None) -> bytes:
        """Give a string.

        Raises:
            WireError: missing, another type, or not `size` bytes long.
        """
        value = self.values.get(key)
        if not isinstance(value, bytes):
            raise self._wrong(key, "string")
        if size is not None and len(value) != size:
            raise WireError(
                f"{_quoted(key)} has {len(value)} bytes, expected {size}", at=0, spec=self.spec
            )
        return value

    def int_at(self, key: bytes, *, least: int | None = None) -> int:
        """Give a number.

        Raises:
            WireError: missing, another type, or below `least`.
        """
        value = self.values.get(key)
        if not isinstance(value, int):
            raise self._wrong(key, "number")
        if least is not None and value < least:
            raise WireError(f"{_quoted(key)} is {value}, below {least}", at=0, spec=self.spec)
        return value

    def list_at(self, key: bytes) -> list[Value]:
        """Give a list.

        Raises:
            WireError: missing or another type.
        """
        value = self.values.get(key)
        if not isinstance(value, list):
            raise self._wrong(key, "list")
        return value

    def dict_at(self, key: bytes) -> "Fields":
        """Give a dictionary.

        Raises:
            WireError: missing or another type.
        """
        value = self.values.get(key)
        if not isinstance(value, dict):
            raise self._wrong(key, "dictionary")
        return Fields(value, spec=self.spec)

    def _wrong(self, key: bytes, expected: str) -> WireError:
        problem = f"is not a {expected}" if key in self.values else "is missing"
        return WireError(f"{_quoted(key)} {problem}", at=0, spec=self.spec)


class _Reader:
    __slots__ = ("_canonical", "_data", "_spec")

    def __init__(self, data: bytes, spec: str, canonical: bool) -> None:
        self._data, self._spec, self._canonical = data, spec, canonical

    def value(self, position: int, depth: int) -> tuple[Value, int]:
        if position >= len(self._data):
            raise self._error("cut short", position)
        kind = self._data[position]
        if kind == _INT:
            return self._integer(position)
        if kind not in (_DICT, _LIST):
            return self.string(position)
        if not depth:
            raise self._error(f"nested more than {DEPTH_LIMIT} deep", position)
        if kind == _LIST:
            return self._list(position + 1, depth - 1)
        return self._dict(position + 1, depth - 1)

    def string(self, position: int) -> tuple[bytes, int]:
        match = _LENGTH.match(self._data, position)
        if match is None:
            raise self._error("expected a string", position)
        start = match.end()
        end = start + int(match[1])
        if end > len(self._data):
            raise self._error("a string runs past the end", position)
        return self._data[start:end], end

    def _integer(self, position: int) -> tuple[int, int]:
        match = _INTEGER.match(self._data, position)
        if match is None:
            raise self._error("not a number", position)
        number = int(match[1])
        if not -(2**63) <= number < 2**64:
            raise self._error("a number beyond 64 bits", position)
        return number, match.end()

    def _list(self, position: int, depth: int) -> tuple[list[Value], int]:
        items: list[Value] = []
        while not self._ends(position):
            item, position = self.value(position, depth)
            items.append(item)
        return items, position + 1

    def _dict(self, position: int, depth: int) -> tuple[dict[bytes, Value], int]:
        values: dict[bytes, Value] = {}
        last: bytes | None = None
        while not self._ends(position):
            key, start = self.string(position)
            if key in values:
                raise self._error(f"the key {_quoted(key)} twice", position)
            if self._canonical and last is not None and key < last:
                raise self._error(f"the key {_quoted(key)} out of order", position)
            values[key], position = self.value(start, depth)
            last = key
        return values, position + 1

    def _ends(self, position: int) -> bool:
        if position >= len(self._data):
            raise self._error("cut short", position)
        return self._data[position] == _END

    def _error(self, what: str, position: int) -> WireError:
        return WireError(what, at=position, spec=self._spec)


def _write(value: Encodable, parts: list[bytes]) -> None:
    if isinstance(value, bytes):
        parts.append(b"%d:%b" % (len(value), value))
    elif isinstance(value, int) and not isinstance(value, bool):
        parts.append(b"i%de" % value)
    elif isinstance(value, list | tuple):
        parts.append(b"l")
        for item in value:
            _write(item, parts)
        parts.append(b"e")
    elif isinstance(value, Mapping):
        parts.append(b"d")
        for key in sorted(value):
            _write(key, parts)
            _write(value[key], parts)
        parts.append(b"e")
    else:
        raise TypeError(f"bencoding has no form for {type(value).__name__}")


def _quoted(key: bytes) -> str:
    return repr(key[:32].decode("ascii", "backslashreplace"))
