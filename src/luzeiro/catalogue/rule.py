"""Which category is in force, given the votes: one written rule.

**authority-or-two.** The vote of a designated authority counts alone. Where authorities contradict
each other, none is in force until they agree. Without an authority, two independent sources must
agree. Votes agree if their meanings (schemes/) have something in common. A file that a list of
benign files names has no category in force, whoever says otherwise, until a person has decided
which of them is wrong. An entry with no category in force is in the catalogue and is not watched:
precision before reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from luzeiro.catalogue.schemes.internal import Internal, Kind
from luzeiro.catalogue.schemes.tables import to_internal

RULE = "authority-or-two"
BENIGN_SCHEME = "benign"  # of lists of files that may never be watched (schemes/benign.toml)
BENIGN_LABEL = "benign"


@dataclass(frozen=True, slots=True)
class Cast:
    """A standing vote, as the rule sees it."""

    source: str
    authority: bool
    scheme: str
    label: str

    @property
    def means(self) -> Internal | None:
        return to_internal(self.scheme, self.label)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.label}"


def in_force(votes: Sequence[Cast]) -> Cast | None:
    """Give the vote whose category is in force; None where none is.

    The order of the votes does not matter.
    """
    if any(vote.scheme == BENIGN_SCHEME for vote in votes):
        return None
    ordered = sorted(votes, key=lambda vote: (vote.source, vote.scheme, vote.label))
    authorities = [vote for vote in ordered if vote.authority]
    if authorities:
        first, *others = authorities
        return first if all(agree(first, other) for other in others) else None
    for place, vote in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.source != vote.source and agree(vote, other):
                return vote
    return None


def agree(one: Cast, other: Cast) -> bool:
    """Whether two votes can both be true. A label that nobody can read agrees with nothing."""
    left, right = one.means, other.means
    if left is None or right is None or left.kind is not right.kind:
        return False
    return left.narrowed_by(right) is not None


def watchable(vote: Cast | None) -> bool:
    """Whether an entry with this category in force is looked for: abuse material, and only that."""
    return vote is not None and says_abuse(vote.scheme, vote.label)


def says_abuse(scheme: str, label: str) -> bool:
    """Whether a label means abuse material."""
    means = to_internal(scheme, label)
    return means is not None and means.kind is Kind.ABUSE
