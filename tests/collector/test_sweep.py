from bisect import bisect_left
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from luzeiro.collector.sweep import Cursor, Sweep


class Infohashes:
    """A watch set of small numbers as infohashes."""

    def __init__(self, *numbers: int) -> None:
        self._all = [number.to_bytes(20, "big") for number in sorted(set(numbers))]

    def __len__(self) -> int:
        return len(self._all)

    def key_at(self, row: int) -> bytes:
        return self._all[row]

    def first_at_or_after(self, key: bytes) -> int:
        return bisect_left(self._all, key)


def swept(sweep: Sweep, now: float, most: int = 100) -> list[int]:
    """Take and finish targets one by one until none is due."""
    rows: list[int] = []
    while len(rows) < most and (row := sweep.take(now)) is not None:
        sweep.done(row)
        rows.append(row)
    return rows


def test_each_target_has_one_turn_in_a_sweep() -> None:
    sweep = Sweep(Infohashes(1, 2, 3), Cursor(), every_s=10)
    assert swept(sweep, 0.0) == [0, 1, 2]


def test_the_next_sweep_waits_until_its_time() -> None:
    sweep = Sweep(Infohashes(1, 2), Cursor(), every_s=10)
    swept(sweep, 0.0)
    assert sweep.take(9.9) is None
    assert sweep.next_at(9.9) == 10
    assert swept(sweep, 10.0) == [0, 1]
    assert sweep.number == 2


def test_no_target_has_a_second_turn_while_another_awaits_the_end_of_its_first() -> None:
    sweep = Sweep(Infohashes(1, 2), Cursor(), every_s=0)
    slow, quick = sweep.take(0.0), sweep.take(0.0)
    assert quick is not None
    sweep.done(quick)
    assert sweep.take(5.0) is None
    assert slow is not None
    sweep.done(slow)
    assert sweep.take(5.0) == 0


def test_the_cursor_stays_before_a_target_that_is_under_way() -> None:
    sweep = Sweep(Infohashes(1, 2, 3), Cursor(), every_s=10)
    slow, quick = sweep.take(0.0), sweep.take(0.0)
    assert (slow, quick) == (0, 1)
    sweep.done(1)
    assert sweep.cursor().next_key == (1).to_bytes(20, "big")
    sweep.done(0)
    assert sweep.cursor().next_key == (3).to_bytes(20, "big")


def test_a_restart_goes_on_where_the_last_run_stopped() -> None:
    targets = Infohashes(1, 2, 3, 4)
    first = Sweep(targets, Cursor(), every_s=10)
    assert swept(first, 0.0, most=2) == [0, 1]
    assert swept(Sweep(targets, first.cursor(), every_s=10), 0.0) == [2, 3]


def test_a_restart_after_a_whole_sweep_begins_the_next() -> None:
    first = Sweep(Infohashes(1, 2), Cursor(), every_s=10)
    swept(first, 0.0)
    assert first.cursor() == Cursor(sweep=2)


def test_the_cursor_keeps_its_place_when_the_watch_set_changes() -> None:
    first = Sweep(Infohashes(10, 20, 30), Cursor(), every_s=10)
    swept(first, 0.0, most=1)
    changed = Infohashes(5, 10, 15, 20, 30, 40)  # 15 was not there; 20 was next
    assert swept(Sweep(changed, first.cursor(), every_s=10), 0.0) == [3, 4, 5]


def test_an_empty_watch_set_has_no_turns() -> None:
    sweep = Sweep(Infohashes(), Cursor(), every_s=0)
    assert sweep.take(0.0) is None
    assert sweep.next_at(0.0) is None


@given(
    st.sets(st.integers(0, 50), min_size=1, max_size=8),
    st.lists(st.booleans(), max_size=80),
    st.randoms(use_true_random=False),
)
def test_stopped_anywhere_no_target_is_ever_passed_over(
    numbers: set[int], stops: list[bool], random: Random
) -> None:
    # Take and finish in any order, restart at any moment: before a sweep ends, all have had a turn.
    targets, done = Infohashes(*numbers), set[int]()
    sweep = Sweep(targets, Cursor(), every_s=1e9)
    under_way: list[int] = []
    for stop in stops:
        if stop:
            sweep, under_way = Sweep(targets, sweep.cursor(), every_s=1e9), []
            if sweep.number > 1:
                break
        elif (row := sweep.take(0.0)) is not None:
            under_way.append(row)
        elif under_way:
            row = under_way.pop(random.randrange(len(under_way)))
            sweep.done(row)
            done.add(row)
    if sweep.cursor().sweep > 1:
        assert done == set(range(len(targets)))
