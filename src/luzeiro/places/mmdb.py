"""A MaxMind DB file: what it says of itself, its tree of networks, its records.

Source: MaxMind DB File Format Specification 2.0. Any such file opens (GeoIP2, GeoLite2, DB-IP, flat
layouts); one that is damaged does not.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from luzeiro.places.errors import BrokenDataError, PlaceTableError
from luzeiro.places.mmdb_data import DataSection, Value
from luzeiro.places.ranges import Ranges, expand

_MARKER = b"\xab\xcd\xefMaxMind.com"
_MOST_METADATA = 128 * 1024
_SEPARATOR = 16
_RECORD_BITS = frozenset({24, 28, 32})
_LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the file says of itself."""

    database_type: str
    built_at: datetime  # UTC
    ip_version: int  # 4 or 6: an IPv6 tree holds IPv4 in ::/96
    record_bits: int
    node_count: int
    description: str


class MmdbFile:
    """An open file, wholly checked but for its records, which are as they are read."""

    def __init__(self, sealed: bytes) -> None:
        """Read the metadata and the tree's nodes.

        Raises:
            BrokenDataError: not a MaxMind DB file, or damaged.
        """
        self.sha256 = hashlib.sha256(sealed).digest()
        data = memoryview(sealed)
        at = sealed.rfind(_MARKER, max(0, len(sealed) - _MOST_METADATA))
        if at < 0:
            raise BrokenDataError("it is not a MaxMind DB file")
        self.metadata = _metadata(DataSection(data[at + len(_MARKER) :]))
        self._nodes = _nodes(data[:at], self.metadata)
        begins = self.metadata.node_count * self.metadata.record_bits // 4
        if bytes(data[begins : begins + _SEPARATOR]) != bytes(_SEPARATOR):
            raise BrokenDataError(
                f"{self.metadata.node_count} nodes do not end where the data begins"
            )
        self._data = DataSection(data[begins + _SEPARATOR : at])
        self._data_bytes = at - begins - _SEPARATOR

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a file.

        Raises:
            PlaceTableError: it is damaged, or not such a file.
            OSError: it cannot be read.
        """
        try:
            return cls(path.read_bytes())
        except BrokenDataError as error:
            raise PlaceTableError(path, str(error)) from error

    def ranges(self) -> Ranges:
        """Every network of the tree as ranges; their values are offsets of records, -1 for none.

        Raises:
            BrokenDataError: the tree leads nowhere, in circles, or deeper than an address.
        """
        count = self.metadata.node_count
        ranges = expand(self._nodes, self.metadata.ip_version)
        return ranges.mapped(lambda values: self._offsets(values, count))

    def record(self, offset: int) -> Value:
        """Decode a record.

        Raises:
            BrokenDataError: it is not as the format says.
        """
        return self._data.value_at(offset)

    def _offsets(self, values: NDArray[np.int64], node_count: int) -> NDArray[np.int64]:
        offsets = values - node_count - _SEPARATOR
        found = values != node_count
        if (found & ((offsets < 0) | (offsets >= self._data_bytes))).any():
            raise BrokenDataError("its tree points outside its data")
        return np.where(found, offsets, -1)


def _metadata(section: DataSection) -> Metadata:
    held = section.value_at(0)
    if not isinstance(held, dict):
        raise BrokenDataError("its metadata is not a map")
    numbers = {
        name: _number(held, name)
        for name in (
            "binary_format_major_version",
            "build_epoch",
            "ip_version",
            "node_count",
            "record_size",
        )
    }
    if numbers["binary_format_major_version"] != 2:
        raise BrokenDataError(f"it has format {numbers['binary_format_major_version']}, not 2")
    if numbers["ip_version"] not in (4, 6):
        raise BrokenDataError(f"its IP version is {numbers['ip_version']}")
    if numbers["record_size"] not in _RECORD_BITS:
        raise BrokenDataError(f"its records have {numbers['record_size']} bits")
    if numbers["build_epoch"] > _LATEST:
        raise BrokenDataError(f"it says that it was built {numbers['build_epoch']} s after 1970")
    database_type = held.get("database_type")
    if not isinstance(database_type, str):
        raise BrokenDataError("its metadata has no database_type")
    described = held.get("description")
    told = next(iter(described.values()), "") if isinstance(described, dict) else ""
    if not told:
        raise BrokenDataError("it does not say what it is (no description), so nobody can cite it")
    return Metadata(
        database_type,
        datetime.fromtimestamp(numbers["build_epoch"], UTC),
        numbers["ip_version"],
        numbers["record_size"],
        numbers["node_count"],
        told if isinstance(told, str) else "",
    )


def _number(held: dict[str, Value], name: str) -> int:
    value = held.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BrokenDataError(f"its metadata has no {name}")
    return value


def _nodes(tree: memoryview, metadata: Metadata) -> NDArray[np.int64]:
    """Shape (node_count, 2): the left and the right record of each node."""
    width = metadata.record_bits // 4
    size = metadata.node_count * width
    if not metadata.node_count or size + _SEPARATOR > len(tree):
        raise BrokenDataError(f"{metadata.node_count} nodes do not fit its {len(tree)} bytes")
    raw = np.frombuffer(tree[:size], np.uint8).reshape(-1, width).astype(np.int64)
    if metadata.record_bits == 28:
        middle = raw[:, 3]
        left = (middle >> 4) << 24 | _joined(raw[:, :3])
        right = (middle & 15) << 24 | _joined(raw[:, 4:])
    else:
        left, right = _joined(raw[:, : width // 2]), _joined(raw[:, width // 2 :])
    return np.stack([left, right], axis=1)


def _joined(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    value = np.zeros(len(columns), np.int64)
    for place in range(columns.shape[1]):
        value = value << 8 | columns[:, place]
    return value
