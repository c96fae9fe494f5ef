"""Reading packed fields in order: little-endian, as eD2k and Kad lay everything out."""

import struct

from luzeiro.networks.kit.errors import WireError

_UINT16, _UINT32, _UINT64 = struct.Struct("<H"), struct.Struct("<I"), struct.Struct("<Q")


class Reader:
    """Takes fields from the front of `data`; running out of it is the sender's fault."""

    __slots__ = ("_data", "_position", "_spec")

    def __init__(self, data: bytes, spec: str) -> None:
        self._data, self._position, self._spec = data, 0, spec

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self._data) - self._position

    def take(self, size: int) -> bytes:
        """Give the next `size` bytes.

        Raises:
            WireError: fewer are left. So do all the others.
        """
        start = self._position
        if size > len(self._data) - start:
            raise self.error(f"cut short: {self.left} bytes left, {size} needed")
        self._position = start + size
        return self._data[start : self._position]

    def uint8(self) -> int:
        return self.take(1)[0]

    def uint16(self) -> int:
        number: int = _UINT16.unpack(self.take(2))[0]
        return number

    def uint32(self) -> int:
        number: int = _UINT32.unpack(self.take(4))[0]
        return number

    def uint64(self) -> int:
        number: int = _UINT64.unpack(self.take(8))[0]
        return number

    def rest(self) -> bytes:
        """Give all that is left."""
        return self.take(self.left)

    def error(self, what: str) -> WireError:
        """A fault of the sender's at the place reached."""
        return WireError(what, at=self._position, spec=self._spec)
