"""Writes small MaxMind DB files, for tests and benches: by the specification, not by our reader."""

import struct
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

Value = str | int | float | bool | dict[str, "Value"] | list["Value"]
_UINT16, _UINT32, _UINT64 = 5, 6, 9
_MARKER = b"\xab\xcd\xefMaxMind.com"


def write_mmdb(
    networks: Mapping[str, Value],
    *,
    database_type: str = "Example-City",
    build_epoch: int = 1_772_323_200,
    record_bits: int = 28,
    ip_version: int = 6,
    description: str = "An example",
    aliases: bool = True,
) -> bytes:
    """A file that says this of these networks; a smaller one within a larger one counts.

    With `aliases`, IPv4 stands behind ::ffff:0:0/96, 2001::/32 and 2002::/16 too, as one subtree.
    """
    tree = _Tree()
    data, offsets = bytearray(), {}
    for network in sorted(map(ip_network, networks), key=lambda one: one.prefixlen):
        record = _encoded(networks[str(network)])
        if record not in offsets:
            offsets[record] = len(data)
            data += record
        tree.insert(*_prefix(network, ip_version), offsets[record])
    if aliases and ip_version == 6:
        tree.alias()
    nodes = tree.nodes
    told = {
        "binary_format_major_version": _number(_UINT16, 2),
        "binary_format_minor_version": _number(_UINT16, 0),
        "build_epoch": _number(_UINT64, build_epoch),
        "database_type": _encoded(database_type),
        "description": _encoded({"en": description} if description else {}),
        "ip_version": _number(_UINT16, ip_version),
        "languages": _encoded(["en"]),
        "node_count": _number(_UINT32, len(nodes)),
        "record_size": _number(_UINT16, record_bits),
    }
    # Each number of the type that the specification names: some readers insist.
    metadata = _control(7, len(told)) + b"".join(_encoded(name) + told[name] for name in told)
    laid = b"".join(_node(pair, len(nodes), record_bits) for pair in nodes)
    return laid + bytes(16) + bytes(data) + _MARKER + metadata


class _Tree:
    """Nodes are pairs; a record is None, ("node", number) or ("data", offset)."""

    def __init__(self) -> None:
        self.nodes: list[list[tuple[str, int] | None]] = [[None, None]]

    def insert(self, bits: int, length: int, width: int, offset: int) -> None:
        self._put(bits, length, width, ("data", offset))

    def alias(self) -> None:
        at = self.nodes[0][0]
        for _ in range(95):
            if at is None or at[0] != "node":
                return
            at = self.nodes[at[1]][0]
        if at is None or at[0] != "node":
            return
        for bits, length in ((0xFFFF << 32, 96), (0x20010000 << 96, 32), (0x2002 << 112, 16)):
            self._put(bits, length, 128, at)

    def _put(self, bits: int, length: int, width: int, record: tuple[str, int]) -> None:
        at = 0
        for depth in range(length - 1):
            side = bits >> (width - 1 - depth) & 1
            below = self.nodes[at][side]
            if below is None or below[0] == "data":
                self.nodes.append([below, below])
                self.nodes[at][side] = below = ("node", len(self.nodes) - 1)
            at = below[1]
        self.nodes[at][bits >> (width - length) & 1] = record


def _prefix(network: IPv4Network | IPv6Network, ip_version: int) -> tuple[int, int, int]:
    first = int(network.network_address)
    if ip_version == 4:
        return first, network.prefixlen, 32
    return first, network.prefixlen + (96 if network.version == 4 else 0), 128


def _node(pair: Sequence[tuple[str, int] | None], count: int, bits: int) -> bytes:
    left, right = (_record(one, count) for one in pair)
    if bits == 28:
        middle = (left >> 24) << 4 | right >> 24
        return _low(left, 3) + bytes([middle]) + _low(right, 3)
    return left.to_bytes(bits // 8, "big") + right.to_bytes(bits // 8, "big")


def _low(value: int, width: int) -> bytes:
    return (value & (1 << 8 * width) - 1).to_bytes(width, "big")


def _record(record: tuple[str, int] | None, count: int) -> int:
    if record is None:
        return count
    kind, value = record
    return value if kind == "node" else count + 16 + value


def _encoded(value: Value) -> bytes:
    if isinstance(value, bool):
        return _control(14, int(value))
    if isinstance(value, str):
        raw = value.encode()
        return _control(2, len(raw)) + raw
    if isinstance(value, float):
        return _control(3, 8) + struct.pack(">d", value)
    if isinstance(value, int):
        return _number(_UINT64, value)
    if isinstance(value, list):
        return _control(11, len(value)) + b"".join(map(_encoded, value))
    return _control(7, len(value)) + b"".join(
        _encoded(key) + _encoded(held) for key, held in value.items()
    )


def _number(kind: int, value: int) -> bytes:
    raw = value.to_bytes(8, "big").lstrip(b"\0")
    return _control(kind, len(raw)) + raw


def _control(kind: int, size: int) -> bytes:
    low, extra = (size, b"") if size < 29 else (29, bytes([size - 29]))
    if kind <= 7:
        return bytes([kind << 5 | low]) + extra
    return bytes([low, kind - 7]) + extra
