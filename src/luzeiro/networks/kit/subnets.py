"""What can be told from an address alone. Addresses are 4 or 16 raw bytes, or compact ones.

A compact address has its port after it (6 or 18 bytes, BEP 23, BEP 32).
"""

_LOCAL_V4_PAIRS = frozenset(
    (b"\xc0\xa8", b"\xa9\xfe", *(bytes((172, second)) for second in range(16, 32)))
)
_V6_LOOPBACK = bytes(15) + b"\x01"
_V4_MAPPED = bytes(10) + b"\xff\xff"


def is_local(address: bytes) -> bool:
    """Whether the address is of a network that is not routed in public (RFC 1918, 4193, 4291).

    These are the networks that BEP 42 exempts, and their IPv6 counterparts.
    """
    if len(address) <= 6:
        return address[0] in (10, 127) or address[:2] in _LOCAL_V4_PAIRS
    return (
        address[0] in (0xFC, 0xFD)
        or (address[0] == 0xFE and address[1] >> 6 == 0b10)
        or address[:16] == _V6_LOOPBACK
    )


def subnet_of(address: bytes) -> bytes:
    """The network that one party usually owns whole: a /24, or a /64 of IPv6."""
    return address[:3] if len(address) <= 6 else address[:8]


def is_askable(compact: bytes) -> bool:
    """Whether a datagram can be sent there: one host, with a port, IPv4 not dressed as IPv6."""
    if compact[-2:] == b"\0\0":
        return False
    if len(compact) == 6:
        return 0 < compact[0] < 224  # neither "this network" nor multicast nor reserved
    return compact[0] != 0xFF and compact[:16] != bytes(16) and compact[:12] != _V4_MAPPED
