"""What a catalogue says of many files: few statements, and which of them each file has."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNKNOWN = -1  # where there is no entry, so no statement either


@dataclass(frozen=True, slots=True)
class Said:
    """What is the same for all files with the same votes."""

    category: str | None  # "scheme:label": the one in force, if there is
    rule: str
    list_revision: int  # the newest that the standing votes came with; 0 without a vote
    votes: tuple[str, ...] = ()  # one line each: whose, what, since which revision


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The answer for n files, in the order in which they were asked for."""

    entries: NDArray[np.int64]  # shape (n,): the entry that speaks for the file, or UNKNOWN
    which: NDArray[np.int32]  # shape (n,): the place in `said`, or UNKNOWN
    said: tuple[Said, ...]

    def said_of(self, row: int) -> Said | None:
        """What is said of the file in that row; None where it is unknown."""
        place = int(self.which[row])
        return None if place == UNKNOWN else self.said[place]
