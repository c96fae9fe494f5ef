from itertools import product

import pytest

from luzeiro.casework.operations.states import MOVES, ORDER, UNDER_WAY, State, may_move

ALLOWED = {
    ("proposed", "authorised"), ("proposed", "withdrawn"),
    ("authorised", "ready"), ("authorised", "proposed"), ("authorised", "withdrawn"),
    ("ready", "entered"), ("ready", "authorised"), ("ready", "withdrawn"),
    ("entered", "secured"), ("secured", "result"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_a_target_moves_as_written_and_not_otherwise(before: State, after: State) -> None:
    assert may_move(before, after) == ((before.value, after.value) in ALLOWED)


def test_every_state_is_in_the_table_and_can_be_reached() -> None:
    assert set(MOVES) == set(State) == set(ORDER)
    reached = {State.PROPOSED}
    for _ in State:
        reached |= {after for before in reached for after in MOVES[before]}
    assert reached == set(State)


def test_a_door_once_open_leads_only_forward() -> None:
    for state in (*UNDER_WAY, State.RESULT):
        assert all(ORDER.index(after) > ORDER.index(state) for after in MOVES[state])
        assert State.WITHDRAWN not in MOVES[state]
