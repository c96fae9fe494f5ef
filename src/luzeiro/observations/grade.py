"""How much one observation is worth, derived from what was received and nothing else."""

from enum import StrEnum


class Grade(StrEnum):
    """Strength of a sighting, weakest first.

    `corroborated` (stated on two UTC days, or twice under one durable user id) is derived where
    sightings meet, never claimed by a collector.
    """

    HEARD = "heard"  # an index or another peer said so
    REACHED = "reached"  # the endpoint itself answered
    STATED = "stated"  # the endpoint itself said that it holds all or part of the file
    CORROBORATED = "corroborated"

    @property
    def rank(self) -> int:
        """0 for the weakest."""
        return list(Grade).index(self)


class Control(StrEnum):
    """What the endpoint did when asked for a random identifier that nobody can hold."""

    NOT_ASKED = "not asked"
    REFUSED = "refused"  # as an honest client does: it closed the link, or named another identifier
    ECHOES_ANYTHING = "echoes anything"  # it accepted: its word proves nothing
    UNANSWERED = "unanswered"  # no link, or silence: neither refused nor accepted


def grade(*, answered: bool, holds_some: bool, control: Control) -> Grade:
    """Grade what one endpoint said about one file.

    Args:
        answered: the endpoint itself answered for this identifier.
        holds_some: it said that it holds all or a part of the file.
        control: its answer to the control question.

    Only a refused control question lets a statement count: a peer that accepts every identifier
    states nothing about this one, and one whose control is unknown is not given the doubt.
    """
    if not answered:
        return Grade.HEARD
    if holds_some and control is Control.REFUSED:
        return Grade.STATED
    return Grade.REACHED
