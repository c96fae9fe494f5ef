"""A raw exchange, taken apart (docs/reference/evidence.md, "The raw exchange")."""

import struct
from dataclasses import dataclass

SENT, RECEIVED = ">", "<"


class ExchangeError(Exception):
    """Not a raw exchange: why, and at which byte."""


@dataclass(frozen=True)
class RawFrame:
    """Bytes that went one way at one instant. None received: the remote party closed the link."""

    direction: str
    at_us: int
    data: bytes


@dataclass(frozen=True)
class RawTranscript:
    """One conversation between two endpoints, written as host:port."""

    purpose: str
    transport: str
    own: str
    remote: str
    secret: bytes
    frames: tuple[RawFrame, ...]

    def received(self) -> bytes:
        return b"".join(frame.data for frame in self.frames if frame.direction == RECEIVED)

    def sent(self) -> bytes:
        return b"".join(frame.data for frame in self.frames if frame.direction == SENT)

    @property
    def closed_by_remote(self) -> bool:
        return (
            bool(self.frames)
            and self.frames[-1].direction == RECEIVED
            and not (self.frames[-1].data)
        )


def parse_exchange(raw: bytes) -> list[RawTranscript]:
    """Take an exchange apart.

    Raises:
        ExchangeError: it is none, or is cut short.
    """
    if raw[:4] != b"LZX1":
        raise ExchangeError("a raw exchange begins with LZX1")
    found, at = [], 4
    try:
        while at < len(raw):
            transcript, at = _transcript(raw, at)
            found.append(transcript)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ExchangeError(f"cut short or not text, at byte {at} or later") from error
    return found


def _transcript(raw: bytes, at: int) -> tuple[RawTranscript, int]:
    texts = []
    for _ in range(4):
        end = at + 1 + raw[at]
        texts.append(_cut(raw, at + 1, end).decode())
        at = end
    (length,) = struct.unpack_from(">H", raw, at)
    secret = _cut(raw, at + 2, at + 2 + length)
    at += 2 + length
    (count,) = struct.unpack_from(">I", raw, at)
    at += 4
    frames = []
    for _ in range(count):
        direction, at_us, length = struct.unpack_from(">BqI", raw, at)
        at += 13
        if chr(direction) not in (SENT, RECEIVED):
            raise ExchangeError(f"a direction {direction} at byte {at - 13}")
        frames.append(RawFrame(chr(direction), at_us, _cut(raw, at, at + length)))
        at += length
    return RawTranscript(texts[0], texts[1], texts[2], texts[3], secret, tuple(frames)), at


def _cut(raw: bytes, start: int, end: int) -> bytes:
    if end > len(raw):
        raise IndexError(end)
    return raw[start:end]
