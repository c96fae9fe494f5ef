"""Packed packets: zlib, opened no further than a bound."""

import zlib

from luzeiro.networks.kit.errors import WireError

SPEC = "aMule Packet.cpp, UnPackPacket"


def unpack(data: bytes, limit: int) -> bytes:
    """Decompress, or refuse.

    Raises:
        WireError: not zlib, cut short, or longer than `limit` bytes once opened.
    """
    stream = zlib.decompressobj()
    try:
        opened = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise WireError("a packed packet that is no zlib stream", at=0, spec=SPEC) from error
    if len(opened) > limit:
        raise WireError(f"a packed packet of more than {limit} bytes", at=0, spec=SPEC)
    if not stream.eof:
        raise WireError("a packed packet that is cut short", at=len(data), spec=SPEC)
    return opened
