"""How a target moves from a proposal to a result; each move has a who and a when."""

from enum import StrEnum


class State(StrEnum):
    """Where a target stands."""

    PROPOSED = "proposed"
    AUTHORISED = "authorised"  # a court's order is in hand
    READY = "ready"  # every check before the day holds
    ENTERED = "entered"
    SECURED = "secured"
    RESULT = "result"
    WITHDRAWN = "withdrawn"


# From the day a door opens there is no way back, and none out but forward.
MOVES: dict[State, frozenset[State]] = {
    State.PROPOSED: frozenset({State.AUTHORISED, State.WITHDRAWN}),
    State.AUTHORISED: frozenset({State.READY, State.PROPOSED, State.WITHDRAWN}),
    State.READY: frozenset({State.ENTERED, State.AUTHORISED, State.WITHDRAWN}),
    State.ENTERED: frozenset({State.SECURED}),
    State.SECURED: frozenset({State.RESULT}),
    State.RESULT: frozenset(),
    State.WITHDRAWN: frozenset(),
}
UNDER_WAY = frozenset({State.ENTERED, State.SECURED})
ORDER = tuple(State)


def may_move(before: State, after: State) -> bool:
    """Whether a target can go from one state straight to another."""
    return after in MOVES[before]
