"""The raw exchange: every byte sent and received that a sighting rests on, and its encoding.

The encoding is what `raw_sha256` is computed over, so it is fixed, simple and documented here::

    exchange   = "LZX1" transcript*
    transcript = purpose:str8 transport:str8 own:str8 remote:str8 secret:bytes16 count:u32 frame*
    frame      = direction:u8 (">" sent, "<" received) at_us:i64 data:bytes32
    str8       = length:u8 then UTF-8;  bytes16, bytes32 = length:u16/u32 then bytes

Integers are big-endian; `at_us` is microseconds since 1970-01-01 UTC. A frame received without data
says that the remote party closed the link at that instant. `secret` is what decrypts the frames
again: our ephemeral private key where message stream encryption was used; of an obfuscated eD2k
link the peer's user hash, of obfuscated Kad datagrams the key that we gave the node.
"""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MAGIC = b"LZX1"
_FRAME = struct.Struct(">BqI")


class Purpose(StrEnum):
    """Why a transcript was made."""

    INDEX = "index"  # what a DHT node or a server told us
    STATEMENT = "statement"  # what the endpoint itself said about the identifier
    CONTROL = "control"  # what it said about a random one


class Direction(StrEnum):
    SENT = ">"
    RECEIVED = "<"


@dataclass(frozen=True, slots=True)
class Frame:
    """Bytes that went one way at one instant (one datagram, or one read of a stream)."""

    direction: Direction
    at_us: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Transcript:
    """One conversation between two endpoints.

    `transport`: "udp", "tcp"; "tcp+mse" (BitTorrent); "tcp+obfuscated", "udp+obfuscated" (eD2k).
    """

    purpose: Purpose
    transport: str
    own: str  # Endpoint as text; "" where the system did not tell
    remote: str
    frames: tuple[Frame, ...]
    secret: bytes = b""


def encode(transcripts: Iterable[Transcript]) -> bytes:
    """Encode an exchange; the same transcripts always give the same bytes."""
    return MAGIC + b"".join(map(_encode_transcript, transcripts))


def sha256(encoded: bytes) -> bytes:
    """The name under which a raw exchange is kept."""
    return hashlib.sha256(encoded).digest()


def _encode_transcript(transcript: Transcript) -> bytes:
    texts = (transcript.purpose, transcript.transport, transcript.own, transcript.remote)
    parts = [bytes([len(raw)]) + raw for raw in (text.encode() for text in texts)]
    parts.append(len(transcript.secret).to_bytes(2, "big") + transcript.secret)
    parts.append(len(transcript.frames).to_bytes(4, "big"))
    for frame in transcript.frames:
        parts.append(_FRAME.pack(ord(frame.direction), frame.at_us, len(frame.data)))
        parts.append(frame.data)
    return b"".join(parts)


def decode(encoded: bytes) -> tuple[Transcript, ...]:
    """Decode an exchange.

    Raises:
        ValueError: not an exchange, cut short, or with an unknown purpose or direction.
    """
    if encoded[:4] != MAGIC:
        raise ValueError("not a raw exchange: it does not begin with LZX1")
    position, transcripts = 4, []

    def take(count: int) -> bytes:
        nonlocal position
        if position + count > len(encoded):
            raise ValueError(f"the raw exchange is cut short at byte {position}")
        position += count
        return encoded[position - count : position]

    while position < len(encoded):
        purpose, transport, own, remote = (take(take(1)[0]).decode() for _ in range(4))
        secret = take(int.from_bytes(take(2), "big"))
        frames = []
        for _ in range(int.from_bytes(take(4), "big")):
            direction, at_us, length = _FRAME.unpack(take(_FRAME.size))
            frames.append(Frame(Direction(chr(direction)), at_us, take(length)))
        transcripts.append(
            Transcript(Purpose(purpose), transport, own, remote, tuple(frames), secret)
        )
    return tuple(transcripts)
