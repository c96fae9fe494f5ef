"""Why a hub does not take something: one word for machines, a sentence for people."""

from enum import StrEnum


class Why(StrEnum):
    """The kinds of refusal; the value is what the network carries."""

    DAMAGED = "damaged"  # not the bytes that were sealed, or not a segment
    UNSIGNED = "unsigned"
    UNKNOWN_COLLECTOR = "unknown collector"
    FORGED = "forged"  # not signed with the enrolled key
    MISSTATED = "misstated"  # the note says something else than the sightings
    FORKED = "forked"  # the collector's chain goes two ways
    TICKET = "ticket"  # an enrolment without a ticket that is good


class RefusedError(Exception):
    """The hub does not take it. Sending it again will not help."""

    def __init__(self, why: Why, told: str) -> None:
        super().__init__(told)
        self.why = why
