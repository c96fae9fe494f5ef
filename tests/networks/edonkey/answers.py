"""What clients answer, byte by byte, for tests: written here apart from the code under test."""

import struct

FILE, CONTROL = b"\x11" * 16, b"\xc0" * 16
PEER_HASH = bytes(5) + b"\x0e" + bytes(8) + b"\x6f" + b"\x01"
EDONKEY, EMULE = 0xE3, 0xC5


def packet(protocol: int, opcode: int, body: bytes = b"") -> bytes:
    return struct.pack("<BIB", protocol, len(body) + 1, opcode) + body


def number_tag(name: int, value: int) -> bytes:
    return b"\x03\x01\0" + bytes([name]) + struct.pack("<I", value)


def hello_answer(
    user_hash: bytes = PEER_HASH, *, emule: bool = True, secure_identification: int = 0
) -> bytes:
    tags = [number_tag(0xFA, secure_identification << 16)]
    if emule:
        tags.append(number_tag(0xFB, 3 << 24 | 2 << 17))
    body = user_hash + bytes(4) + struct.pack("<HI", 4662, len(tags)) + b"".join(tags) + bytes(6)
    return packet(EDONKEY, 0x4C, body)


def status(digest: bytes, parts: int = 0, bits: bytes = b"") -> bytes:
    return packet(EDONKEY, 0x50, digest + struct.pack("<H", parts) + bits)


def name(digest: bytes, told: bytes = b"a.bin") -> bytes:
    return packet(EDONKEY, 0x59, digest + struct.pack("<H", len(told)) + told)


def no_file(digest: bytes) -> bytes:
    return packet(EDONKEY, 0x48, digest)


def sources(digest: bytes, *told: bytes) -> bytes:
    return packet(EMULE, 0x82, digest + struct.pack("<H", len(told)) + b"".join(told))


def source(host: bytes, port: int = 4662) -> bytes:
    """One exchanged source of version 3: `host` as 4 bytes in network order."""
    return host[::-1] + struct.pack("<H", port) + bytes(6) + PEER_HASH


def spoken(said: bytes) -> list[tuple[int, int, bytes]]:
    """The packets in a stream: protocol, opcode, body."""
    packets = []
    while said:
        protocol, length, opcode = struct.unpack_from("<BIB", said)
        packets.append((protocol, opcode, said[6 : 5 + length]))
        said = said[5 + length :]
    return packets
