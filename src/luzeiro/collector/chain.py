"""The chain of one collector's segments: each names, in what is signed of it, the one before.

Where the chain stands is kept beside the segments, and is written when a segment's bytes are
durable and before they have their name. So whatever a crash interrupts, the next start finishes
the segment that the chain counts, or finds it finished: no number is used twice, and none is left
out.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from luzeiro.evidence import durable, encoding
from luzeiro.evidence.signer import Signer
from luzeiro.evidence.verifier.statements import FIRST, SegmentSeal
from luzeiro.observations.segment import SegmentContent, written

_NAME = "chain.json"


class ChainError(Exception):
    """Where the chain stands cannot be read: why, and what to do."""


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last segment that the chain counts; sequence 0: there is none yet."""

    sequence: int = 0
    digest: bytes = FIRST  # of the text that was signed of it
    file_name: str = ""


class Chain:
    """Signs segments, each after the last."""

    def __init__(self, folder: Path, signer: Signer, collector: str) -> None:
        """`folder` is the spool; `collector` its id as text."""
        self._path, self._signer, self._collector = folder / _NAME, signer, collector
        self._next: ChainHead | None = None

    def head(self) -> ChainHead:
        """Where the chain stands.

        Raises:
            ChainError: the file is damaged.
        """
        try:
            held = json.loads(self._path.read_bytes())
            return ChainHead(
                int(held["sequence"]), bytes.fromhex(held["digest"]), str(held["file_name"])
            )
        except FileNotFoundError:
            return ChainHead()
        except (KeyError, TypeError, ValueError) as error:
            raise ChainError(
                f"{self._path} cannot be read ({error!r}). Restore it from a backup; or move it "
                "and the collector's key away and enrol this collector anew: the hub then knows "
                "where the old chain ended."
            ) from error

    def attest(self, content: SegmentContent) -> bytes:
        """Sign what a segment holds as the next of the chain; it counts once it is kept."""
        head = self.head()
        seal = SegmentSeal(
            collector=self._collector,
            sequence=head.sequence + 1,
            previous=head.digest,
            encoding=encoding.VERSION,
            sightings=content.sightings,
            root=content.root,
            first_seen_at=written(content.first_seen_at),
            last_seen_at=written(content.last_seen_at),
        )
        self._next = ChainHead(seal.sequence, seal.digest)
        return self._signer.sign(seal.text)

    def keep(self, file_name: str) -> None:
        """Count the segment that was signed last, under this name, durably."""
        assert self._next is not None
        held = {
            "sequence": self._next.sequence,
            "digest": self._next.digest.hex(),
            "file_name": file_name,
        }
        durable.put(self._path, json.dumps(held).encode())
