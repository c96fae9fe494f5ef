"""Cutting an eD2k TCP stream into packets: protocol, length, opcode, body (Kulbak & Bickson, 6).

Content that comes unasked is refused at its header, unread. Every packet has a bound, checked at
its header; packed ones have another for what they open to.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from luzeiro.networks.edonkey.wire.packed import unpack
from luzeiro.networks.kit.errors import ContentSent, WireError

SPEC = "aMule Packet.cpp, ED2K TCP opcodes"
EDONKEY, EMULE, PACKED = 0xE3, 0xC5, 0xD4
HEADER_BYTES = 6
_HEADER = struct.Struct("<BIB")

# What carries a part of a file, or a picture made of one: (protocol, opcode).
CONTENT = frozenset(
    (
        (EDONKEY, 0x46),  # OP_SENDINGPART
        (EMULE, 0x40),  # OP_COMPRESSEDPART
        (EMULE, 0xA1),  # OP_COMPRESSEDPART_I64
        (EMULE, 0xA2),  # OP_SENDINGPART_I64
        (EMULE, 0x91),  # OP_PREVIEWANSWER
    )
)
OTHER_LIMIT = 2048  # what we do not know, or did not ask for
UNPACKED_LIMIT = 64 * 1024

Limits = Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet: whose protocol, which opcode, and its body, unpacked."""

    protocol: int
    opcode: int
    body: bytes
    raw: bytes = b""  # as it came, header and all


class PacketStream:
    """Cuts a stream into packets, however it arrives in chunks.

    Holds at most one incomplete packet, which its header allowed. After an error nothing is held,
    and nothing more is to be fed. `unread` counts the bytes that nobody has looked at.
    """

    __slots__ = ("_buffer", "_limits", "_position", "unread")

    def __init__(self, limits: Limits) -> None:
        """`limits`: the most bytes of body by (protocol, opcode); others have `OTHER_LIMIT`."""
        self._buffer = bytearray()
        self._position = 0  # bytes of the stream before the buffer
        self._limits = limits
        self.unread = 0

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Take `data`; give the packets that it completes.

        Raises, when the packet's turn has come:
            ContentSent: the header of a part of a file; its payload is not kept.
            WireError: another protocol, or a length that is not allowed.
        """
        self._buffer += data
        self.unread += len(data)
        return iter(self._next, None)

    def _next(self) -> Packet | None:
        buffer = self._buffer
        if buffer and buffer[0] not in (EDONKEY, EMULE, PACKED):
            raise self._refused(WireError, f"protocol {buffer[0]:#04x}", looked_at=1)
        if len(buffer) < HEADER_BYTES:
            return None
        protocol, length, opcode = _HEADER.unpack_from(buffer)
        self._check(protocol, length, opcode)
        end = HEADER_BYTES + length - 1
        if len(buffer) < end:
            return None
        raw = bytes(buffer[:end])
        body = raw[HEADER_BYTES:]
        del buffer[:end]
        self._position += end
        self.unread -= end
        if protocol == PACKED:
            return Packet(EMULE, opcode, unpack(body, UNPACKED_LIMIT), raw)
        return Packet(protocol, opcode, body, raw)

    def _check(self, protocol: int, length: int, opcode: int) -> None:
        inner = EMULE if protocol == PACKED else protocol
        if (inner, opcode) in CONTENT or (protocol == PACKED and (EDONKEY, opcode) in CONTENT):
            what = "a part of a file that nobody asked for"
            raise self._refused(ContentSent, what, looked_at=0)
        limit = self._limits.get((inner, opcode), OTHER_LIMIT)
        if not 1 <= length <= limit + 1:
            what = f"opcode {opcode:#04x} of protocol {protocol:#04x}, {length} bytes"
            raise self._refused(WireError, what, looked_at=HEADER_BYTES)

    def _refused(self, kind: type[WireError], what: str, looked_at: int) -> WireError:
        """Let go of everything; what has been looked at may be kept as evidence of the fault."""
        self._buffer.clear()
        self.unread -= looked_at
        return kind(what, at=self._position, spec=SPEC)
