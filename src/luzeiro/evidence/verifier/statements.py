"""The texts that are signed here: what a collector says of a segment, a hub of a collector, of a
package and of an entry of its journal. Each is a first line that names its kind, then one
`name value` a line, in one order.
"""

import hashlib
from dataclasses import dataclass

SEGMENT, ENROLMENT, PACKAGE, JOURNAL = (
    f"luzeiro/{kind}@v1" for kind in ("segment", "enrolment", "package", "journal")
)
FIRST = bytes(32)  # `previous` of a collector's first segment

_FIELDS = {
    SEGMENT: (
        *("collector", "sequence", "previous", "encoding", "sightings", "root"),
        *("first_seen_at", "last_seen_at"),
    ),
    ENROLMENT: ("collector", "label", "key", "enrolled_at"),
    PACKAGE: ("made_at", "made_by", "manifest_sha256"),
    JOURNAL: ("entry", "sha256"),  # its number, and the digest of its one form
}


class StatementError(Exception):
    """A signed text is not one of ours: why."""


@dataclass(frozen=True)
class SegmentSeal:
    """What a collector signs of one segment."""

    collector: str  # UUID
    sequence: int  # of this collector's segments, from 1
    previous: bytes  # SHA-256 of the text that was signed for the one before; FIRST: there is none
    encoding: str  # how a sighting is encoded: LZS1
    sightings: int
    root: bytes  # of the Merkle tree over the sightings, in their order
    first_seen_at: str  # earliest and latest `seen_at`: ISO 8601, microseconds, Z
    last_seen_at: str

    @property
    def text(self) -> str:
        return write(
            SEGMENT,
            (
                *(self.collector, self.sequence, self.previous.hex(), self.encoding),
                *(self.sightings, self.root.hex(), self.first_seen_at, self.last_seen_at),
            ),
        )

    @property
    def digest(self) -> bytes:
        """What the next segment names as its `previous`."""
        return hashlib.sha256(self.text.encode()).digest()


def write(kind: str, values: tuple[object, ...]) -> str:
    """Write a statement's text."""
    pairs = zip(_FIELDS[kind], map(str, values), strict=True)
    return f"{kind}\n" + "".join(f"{name} {value}\n" for name, value in pairs)


def read(kind: str, text: str) -> dict[str, str]:
    """Read a statement's text, in its one spelling.

    Raises:
        StatementError: another kind, a field missing, out of order or empty, or one too many.
    """
    lines = text.split("\n")
    if lines[0] != kind:
        raise StatementError(f"it is no {kind} but begins {lines[0][:40]!r}")
    pairs = [line.partition(" ") for line in lines[1:-1]]
    found = tuple(name for name, _, _ in pairs)
    if found != _FIELDS[kind] or lines[-1] or not all(value for _, _, value in pairs):
        raise StatementError(f"a {kind} does not have the fields {', '.join(_FIELDS[kind])}")
    return {name: value for name, _, value in pairs}


def read_seal(text: str) -> SegmentSeal:
    """Read what a collector signed of a segment.

    Raises:
        StatementError: it is not that, or not in its one spelling.
    """
    held = read(SEGMENT, text)
    try:
        seal = SegmentSeal(
            collector=held["collector"],
            sequence=int(held["sequence"]),
            previous=bytes.fromhex(held["previous"]),
            encoding=held["encoding"],
            sightings=int(held["sightings"]),
            root=bytes.fromhex(held["root"]),
            first_seen_at=held["first_seen_at"],
            last_seen_at=held["last_seen_at"],
        )
    except ValueError as error:
        raise StatementError(f"a number or digest cannot be read: {error}") from error
    if seal.text != text or len(seal.previous) != 32 or len(seal.root) != 32 or seal.sequence < 1:
        raise StatementError("a segment's seal is not in its one spelling")
    return seal
