from hypothesis import given
from hypothesis import strategies as st

from luzeiro.networks.kit.budgets import RateBudget


def test_a_burst_is_given_at_once_and_no_more() -> None:
    budget = RateBudget(rate_per_s=1, burst=3)
    assert [budget.take(0.0) for _ in range(4)] == [True, True, True, False]


def test_the_next_token_comes_after_its_time() -> None:
    budget = RateBudget(rate_per_s=4, burst=1)
    assert budget.take(10.0)
    assert budget.next_at(10.0) == 10.25
    assert not budget.take(10.24)
    assert budget.take(10.25)


def test_a_clock_that_steps_back_gives_nothing() -> None:
    budget = RateBudget(rate_per_s=1, burst=1)
    assert budget.take(100.0)
    assert not budget.take(50.0)
    assert not budget.take(100.5)


@given(st.lists(st.floats(0, 0.5), max_size=200))
def test_over_any_stretch_no_more_is_taken_than_burst_and_rate_allow(waits: list[float]) -> None:
    budget, now, taken = RateBudget(rate_per_s=4, burst=2), 0.0, 0
    for wait in waits:
        now += wait
        taken += budget.take(now)
    assert taken <= 2 + 4 * now + 1e-6


def test_a_token_that_is_due_is_there_at_its_instant_whatever_is_rounded() -> None:
    budget, now = RateBudget(400.0, burst=50), 0.0
    for _ in range(5000):
        while not budget.take(now):
            due_at = budget.next_at(now)
            assert due_at > now
            now = due_at
