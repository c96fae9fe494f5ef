"""What comes of judging one sighting by its raw bytes.

A claim that the bytes contradict does not hold. A claim that bytes cannot decide is named as such.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Judgement:
    """What came of judging one sighting."""

    contradicted: tuple[str, ...]
    unknown: tuple[str, ...]


def joined(host: str, port: int) -> str:
    """An address and a port as a transcript writes them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
