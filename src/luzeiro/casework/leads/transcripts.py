"""A raw exchange as people can read it: who sent which bytes when, in hexadecimal and letters."""

from dataclasses import dataclass

from luzeiro.observations.batch import instant
from luzeiro.observations.exchange import Direction, decode

_WIDTH = 16
_MOST_BYTES = 4096  # of one frame; the whole is in the evidence package


@dataclass(frozen=True, slots=True)
class ReadableFrame:
    """Bytes that went one way at one instant."""

    sent: bool
    at: str
    size: int
    lines: str
    cut: bool


@dataclass(frozen=True, slots=True)
class ReadableTranscript:
    """One conversation."""

    purpose: str
    transport: str
    own: str
    remote: str
    frames: tuple[ReadableFrame, ...]


def readable(exchange: bytes) -> list[ReadableTranscript]:
    """Lay an encoded exchange out.

    Raises:
        ValueError: not an exchange (observations/exchange.py).
    """
    return [
        ReadableTranscript(
            purpose=one.purpose.value,
            transport=one.transport,
            own=one.own,
            remote=one.remote,
            frames=tuple(
                ReadableFrame(
                    sent=frame.direction is Direction.SENT,
                    at=instant(frame.at_us).strftime("%H:%M:%S.%f"),
                    size=len(frame.data),
                    lines=dump(frame.data[:_MOST_BYTES]),
                    cut=len(frame.data) > _MOST_BYTES,
                )
                for frame in one.frames
            ),
        )
        for one in decode(exchange)
    ]


def dump(data: bytes) -> str:
    """Offset, sixteen bytes in hexadecimal, and the same as letters where they are ASCII's."""
    lines = []
    for at in range(0, len(data), _WIDTH):
        some = data[at : at + _WIDTH]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in some)
        lines.append(f"{at:06x}  {some.hex(' '):<{3 * _WIDTH - 1}}  {letters}")
    return "\n".join(lines)
