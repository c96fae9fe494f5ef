import numpy as np
import pytest
from numpy.typing import NDArray

from luzeiro.places.errors import BrokenDataError
from luzeiro.places.ranges import expand


def nodes(*pairs: tuple[int, int]) -> NDArray[np.int64]:
    return np.array(pairs, np.int64)


def test_an_ipv4_tree_becomes_ascending_ranges() -> None:
    # The lower half leads to 5, the next quarter to nothing (2), the last to 7.
    ranges = expand(nodes((5, 1), (2, 7)), 4)
    assert ranges.v4_starts.tolist() == [0, 0x8000_0000, 0xC000_0000]
    assert ranges.v4_values.tolist() == [5, 2, 7]


def test_neighbours_that_are_alike_after_a_change_of_values_join() -> None:
    ranges = expand(nodes((5, 1), (6, 7)), 4).mapped(lambda values: np.where(values < 7, 1, 2))
    assert ranges.v4_starts.tolist() == [0, 0xC000_0000]
    assert ranges.v4_values.tolist() == [1, 2]


@pytest.mark.parametrize("pairs", [((0, 5),), ((1, 5), (0, 5))])
def test_a_tree_that_goes_in_circles_is_refused(pairs: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(BrokenDataError, match="in circles"):
        expand(nodes(*pairs), 4)


def test_a_node_that_nothing_leads_to_is_refused() -> None:
    with pytest.raises(BrokenDataError, match="nothing leads to 1 of its tree's 2 nodes"):
        expand(nodes((5, 6), (7, 8)), 4)
