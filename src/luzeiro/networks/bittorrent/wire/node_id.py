"""BEP 42: whether a DHT node's id is one that its address allows.

The address prescribes the id's first 21 bits, up to 3 bits of choice, so that nobody can sit next
to an infohash of its liking without owning many addresses. That an id fits proves nothing; that
it does not fit is noted.
"""

from luzeiro.networks.kit.subnets import is_local
from luzeiro.observations.endpoint import V4_MAPPED

V4_MASK = bytes.fromhex("030f3fff")
V6_MASK = bytes.fromhex("0103070f1f3f7fff")


def id_fits_address(node_id: bytes, packed: bytes) -> bool:
    """Whether the node id (20 bytes) fits the address (16 bytes, IPv4 mapped).

    Addresses of local networks are exempt: any id fits them.
    """
    if is_local(packed[12:] if packed.startswith(V4_MAPPED) else packed):
        return True
    prefix = id_prefix(packed, node_id[19])
    difference = int.from_bytes(prefix, "big") ^ int.from_bytes(node_id[:3], "big")
    return difference >> 3 == 0  # 21 of the 24 bits


def id_prefix(packed: bytes, chosen: int) -> bytes:
    """The first 3 bytes of an id for this address; of `chosen` the last 3 bits count.

    Only the first 21 bits are prescribed; the last 3 of the prefix are free.
    """
    v4 = packed.startswith(V4_MAPPED)
    address, mask = (packed[12:], V4_MASK) if v4 else (packed[:8], V6_MASK)
    masked = bytearray(byte & kept for byte, kept in zip(address, mask, strict=True))
    masked[0] |= (chosen & 7) << 5
    return crc32c(bytes(masked)).to_bytes(4, "big")[:3]


def crc32c(data: bytes) -> int:
    """The Castagnoli CRC (RFC 3720, appendix B.4)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC32C[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def _crc32c_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    return byte


_CRC32C = tuple(map(_crc32c_of_byte, range(256)))
