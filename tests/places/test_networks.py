from hypothesis import given
from hypothesis import strategies as st

from luzeiro.places.networks import V4, V6, Network, to_ranges


def flattened(networks: list[Network]) -> list[tuple[int, int]]:
    ranges = to_ranges(networks)
    return list(zip(ranges.v4_starts.tolist(), ranges.v4_values.tolist(), strict=True))


def test_nothing_is_one_range_of_nothing() -> None:
    assert flattened([]) == [(0, -1)]


def test_a_smaller_network_counts_within_a_larger_one() -> None:
    assert flattened([(V4, 0, 99, 1), (V4, 10, 19, 2), (V4, 12, 13, 3)]) == [
        (0, 1), (10, 2), (12, 3), (14, 2), (20, 1), (100, -1),
    ]  # fmt: skip


def test_the_last_address_of_all_can_be_in_a_network() -> None:
    assert flattened([(V4, 2**32 - 4, 2**32 - 1, 1)]) == [(0, -1), (2**32 - 4, 1)]
    v6 = to_ranges([(V6, 2**128 - 1, 2**128 - 1, 1)])
    assert v6.v6_values.tolist() == [-1, 1]
    assert v6.v6_starts.tolist()[-1] == [2**64 - 1, 2**64 - 1]


BLOCKS = st.tuples(st.integers(0, 63), st.integers(0, 6), st.integers(0, 3))


@given(st.lists(BLOCKS, max_size=12))
def test_each_address_has_the_value_of_the_smallest_network_around_it(
    blocks: list[tuple[int, int, int]],
) -> None:
    networks = [
        (V4, at >> bits << bits, (at >> bits << bits) + (1 << bits) - 1, value)
        for at, bits, value in blocks
    ]
    begins = flattened(networks)
    for address in range(70):
        found = [value for start, value in begins if start <= address][-1]
        around = [(last - first, -place, value) for place, (_, first, last, value) in
                  enumerate(networks) if first <= address <= last]  # fmt: skip
        assert found == (min(around)[2] if around else -1)
