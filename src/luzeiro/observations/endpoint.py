"""An address and a port, as 16 bytes (IPv4 mapped, RFC 4291 section 2.5.5.2) and a number."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Self

V4_MAPPED = bytes(10) + b"\xff\xff"


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """Where a remote party was: `packed` is 16 bytes in network order."""

    packed: bytes
    port: int

    def __post_init__(self) -> None:
        if len(self.packed) != 16:
            raise ValueError(f"an address has 16 bytes, got {len(self.packed)}")
        if not 0 <= self.port <= 65535:
            raise ValueError(f"a port is 0 to 65535, got {self.port}")

    @classmethod
    def from_compact(cls, compact: bytes) -> Self:
        """Read a compact address: 4 or 16 bytes and the port, big-endian (BEP 23, BEP 32)."""
        address, port = compact[:-2], int.from_bytes(compact[-2:], "big")
        return cls(V4_MAPPED + address if len(address) == 4 else address, port)

    @classmethod
    def parse(cls, host: str, port: int) -> Self:
        """Read an address in text form.

        Raises:
            ValueError: `host` is not an IPv4 or IPv6 address, or the port is out of range.
        """
        try:
            return cls(V4_MAPPED + IPv4Address(host).packed, port)
        except AddressValueError:
            return cls(IPv6Address(host.split("%", maxsplit=1)[0]).packed, port)

    @property
    def is_v4(self) -> bool:
        return self.packed.startswith(V4_MAPPED)

    @property
    def compact(self) -> bytes:
        """6 bytes for IPv4, 18 for IPv6 (BEP 23, BEP 32)."""
        address = self.packed[12:] if self.is_v4 else self.packed
        return address + self.port.to_bytes(2, "big")

    @property
    def host(self) -> str:
        """The address as text: 192.0.2.1 or 2001:db8::1."""
        return str(IPv4Address(self.packed[12:]) if self.is_v4 else IPv6Address(self.packed))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.is_v4 else f"[{self.host}]:{self.port}"
