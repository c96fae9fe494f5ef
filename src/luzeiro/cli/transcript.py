"""A raw exchange as people can read it: who sent which bytes when, in hexadecimal and letters."""

from collections.abc import Iterator

from luzeiro.cli.output import instant as written
from luzeiro.cli.output import visible
from luzeiro.observations.batch import instant
from luzeiro.observations.exchange import Direction, Frame, Transcript, decode

_WIDTH_BYTES = 16
_WHO = {Direction.SENT: "we sent", Direction.RECEIVED: "received"}


def transcript_lines(encoded: bytes) -> Iterator[str]:
    """Write an encoded exchange line by line.

    Raises:
        ValueError: not an exchange (observations/exchange.py).
    """
    for number, transcript in enumerate(decode(encoded), start=1):
        yield from _conversation(number, transcript)


def transcript_rows(encoded: bytes) -> list[dict[str, object]]:
    """The same for machines; bytes stay bytes.

    Raises:
        ValueError: not an exchange.
    """
    return [
        {
            "purpose": transcript.purpose,
            "transport": transcript.transport,
            "own": transcript.own,
            "remote": transcript.remote,
            "secret": transcript.secret,
            "frames": [
                {
                    "direction": "sent" if frame.direction is Direction.SENT else "received",
                    "at": instant(frame.at_us),
                    "data": frame.data,
                }
                for frame in transcript.frames
            ],
        }
        for transcript in decode(encoded)
    ]


def _conversation(number: int, transcript: Transcript) -> Iterator[str]:
    own = visible(transcript.own) or "an address that the system did not tell"
    yield (
        f"{number}. {transcript.purpose}, over {visible(transcript.transport)}, "
        f"between {own} and {visible(transcript.remote)}"
    )
    if transcript.secret:
        yield f"   our ephemeral private key: {transcript.secret.hex()}"
    for frame in transcript.frames:
        yield from _frame(frame)


def _frame(frame: Frame) -> Iterator[str]:
    many = "byte" if len(frame.data) == 1 else "bytes"
    yield f"   {written(instant(frame.at_us))} {_WHO[frame.direction]} {len(frame.data)} {many}"
    for at in range(0, len(frame.data), _WIDTH_BYTES):
        piece = frame.data[at : at + _WIDTH_BYTES]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in piece)
        yield f"   {frame.direction} {at:06x}  {piece.hex(' '):<47}  {letters}"
