"""What a category means, in one vocabulary for every scheme.

It follows the INHOPE Universal Classification Schema in kind: what is shown, described by elements
that any jurisdiction's categories can be put together from, and not a scale of gravity. The
Schema's own list of labels (version 3.1, 15 April 2026) is given on request and is not published;
the names of the elements here are ours until a unit holds it (docs/reference/lists/schemes.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self, TypeVar


class Kind(StrEnum):
    """What the material is held to be."""

    ABUSE = "abuse"  # child sexual abuse material
    EXPLOITIVE = "exploitive"  # of a child or somebody who may be one, short of abuse material
    COMPARISON = "comparison"  # kept to compare with, as a place or an object
    NOT_PERTINENT = "not-pertinent"


class Act(StrEnum):
    """What is shown."""

    PENETRATION = "penetration"
    ANIMAL = "animal"
    SADISM = "sadism"
    NO_PENETRATION = "no-penetration"  # sexual activity without it
    EXHIBITION = "exhibition"  # posing, or a focus on genitals, without sexual activity
    OTHER = "other"  # indecent, and none of these


class Age(StrEnum):
    """How developed the child looks."""

    PREPUBESCENT = "prepubescent"
    PUBESCENT = "pubescent"


class Depiction(StrEnum):
    """How it came to be."""

    REAL = "real"  # of a real child
    LOOKS_REAL = "looks-real"  # a pseudo-photograph, altered or generated
    DRAWN = "drawn"  # drawing, animation, visibly computer-made


_Element = TypeVar("_Element", Act, Age, Depiction)


@dataclass(frozen=True, slots=True)
class Internal:
    """A meaning: of each element, the values that it may have. All of them: nothing is said of it.

    "UK category A" is abuse, with an act of penetration, with an animal or sadistic, at either age.
    """

    kind: Kind
    acts: frozenset[Act] = frozenset(Act)
    ages: frozenset[Age] = frozenset(Age)
    depictions: frozenset[Depiction] = frozenset(Depiction)

    def __post_init__(self) -> None:
        if not (self.acts and self.ages and self.depictions):
            raise ValueError("an element of a meaning must leave at least one value")

    def covers(self, other: Self) -> bool:
        """Whether all that the other may be is something that this may be."""
        return (
            self.kind is other.kind
            and self.acts >= other.acts
            and self.ages >= other.ages
            and self.depictions >= other.depictions
        )

    def narrowed_by(self, other: Self) -> Self | None:
        """What both say together; None where they contradict each other."""
        acts, ages = self.acts & other.acts, self.ages & other.ages
        depictions = self.depictions & other.depictions
        if self.kind is not other.kind or not (acts and ages and depictions):
            return None
        return type(self)(self.kind, acts, ages, depictions)

    @property
    def breadth(self) -> int:
        """How many single meanings it leaves open: 1 says all there is to say."""
        return len(self.acts) * len(self.ages) * len(self.depictions)

    def __str__(self) -> str:
        """One line that `parse` reads back, stable: it is stored and signed."""
        elements = (
            ("acts", self.acts, Act),
            ("ages", self.ages, Age),
            ("depictions", self.depictions, Depiction),
        )
        said = [
            f"{name}={'|'.join(value for value in kind if value in values)}"
            for name, values, kind in elements
            if len(values) < len(kind)
        ]
        return ";".join([self.kind, *said])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote.

        Raises:
            ValueError: it is nothing that `str` writes.
        """
        kind, *said = text.split(";")
        elements = dict(part.split("=", 1) for part in said)
        meaning = cls(
            Kind(kind),
            _values(Act, elements.get("acts")),
            _values(Age, elements.get("ages")),
            _values(Depiction, elements.get("depictions")),
        )
        if str(meaning) != text:
            raise ValueError(f"{text[:80]!r} is no meaning as we write it")
        return meaning


def _values(of: type[_Element], text: str | None) -> frozenset[_Element]:
    return frozenset(of) if text is None else frozenset(map(of, text.split("|")))


def meaning(
    kind: str,
    acts: Iterable[str] | None = None,
    ages: Iterable[str] | None = None,
    depictions: Iterable[str] | None = None,
) -> Internal:
    """Make a meaning from names, None for an element that nothing is said of.

    Raises:
        ValueError: a name that is none of ours, or no name in an element.
    """
    return Internal(
        Kind(kind),
        frozenset(Act) if acts is None else frozenset(map(Act, acts)),
        frozenset(Age) if ages is None else frozenset(map(Age, ages)),
        frozenset(Depiction) if depictions is None else frozenset(map(Depiction, depictions)),
    )
