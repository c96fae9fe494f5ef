"""A node is asked at its pace, whoever needs it."""

import pytest

from luzeiro.networks.kit.pace import NodePace

NODE, OTHER = b"node 1", b"node 2"


def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    pace = NodePace(rate_per_s=4, burst=3)
    due = [pace.book(NODE, 10.0) for _ in range(6)]
    assert due == pytest.approx([10.0, 10.0, 10.0, 10.25, 10.5, 10.75])


def test_nodes_do_not_wait_for_each_other() -> None:
    pace = NodePace(rate_per_s=4, burst=1)
    assert [pace.book(NODE, 0.0), pace.book(OTHER, 0.0)] == [0.0, 0.0]


def test_silence_earns_the_burst_again_and_no_more() -> None:
    pace = NodePace(rate_per_s=4, burst=2)
    for _ in range(2):
        pace.book(NODE, 0.0)
    due = [pace.book(NODE, 1000.0) for _ in range(3)]
    assert due == pytest.approx([1000.0, 1000.0, 1000.25])


def test_idle_nodes_are_forgotten_and_busy_ones_are_not() -> None:
    pace = NodePace(rate_per_s=1, burst=1, limit=10)
    for _ in range(100):
        pace.book(NODE, 0.0)  # booked for the next 100 s
    for number in range(1000):
        pace.book(b"%d" % number, float(number) / 20)
    assert len(pace._on_schedule_at) < 100
    assert pace.book(NODE, 50.0) == pytest.approx(100.0)
