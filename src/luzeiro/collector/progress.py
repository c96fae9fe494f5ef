"""How far the collector is: one line for people, one object for machines."""

from collections.abc import Mapping
from dataclasses import dataclass

from luzeiro.observations.grade import Grade

QUERIES = ("dht queries", "kad queries", "server questions")  # what a look-up asks
ASKED = "peers asked"
# What the tally counts beside these is an error by kind, or a matter of course.
_FAULTS = (
    "dht timeouts", "dht late", "dht malformed", "dht errors", "dht unasked",
    "kad timeouts", "kad malformed", "kad unasked", "server faults",
    "links refused", "links timed out", "links unreachable", "closed without a word",
    "other infohash", "malformed", "metadata malformed", "content sent unasked",
    "echoes anything", "not watched, dropped",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One moment of a collector at work."""

    elapsed_s: float
    sweep: int
    targets_done: int  # in this sweep
    targets: int
    counts: Mapping[str, int]  # the tally
    sightings: Mapping[Grade, int]  # sealed or in hand, since the start
    unsealed: int
    queries_per_s: float
    full: str | None = None  # why nothing is observed now: the spool has no room

    @property
    def faults(self) -> dict[str, int]:
        """Errors by kind, those that happened."""
        return {kind: self.counts[kind] for kind in _FAULTS if self.counts.get(kind)}

    def line(self) -> str:
        """One line for people."""
        grades = ", ".join(f"{self.sightings.get(grade, 0)} {grade}" for grade in _RISING)
        faults = ", ".join(f"{count} {kind}" for kind, count in self.faults.items())
        return (
            f"sweep {self.sweep}: {self.targets_done}/{self.targets} targets"
            f" · {self.counts.get(ASKED, 0)} peers asked · sightings: {grades}"
            f" · {self.queries_per_s:.0f} queries/s" + (f" · {faults}" if faults else "")
        ) + (f" · NOT OBSERVING: {self.full}" if self.full else "")

    def as_json(self) -> dict[str, object]:
        """The same for machines."""
        return {
            "elapsed_s": round(self.elapsed_s, 3),
            "sweep": self.sweep,
            "targets_done": self.targets_done,
            "targets": self.targets,
            "sightings": {str(grade): self.sightings.get(grade, 0) for grade in _RISING},
            "unsealed": self.unsealed,
            "queries_per_s": round(self.queries_per_s, 1),
            "full": self.full,
            "faults": self.faults,
            "counts": dict(sorted(self.counts.items())),
        }


_RISING = (Grade.HEARD, Grade.REACHED, Grade.STATED)
