from ipaddress import ip_address
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from luzeiro.observations.endpoint import Endpoint
from luzeiro.places import lookup
from luzeiro.places.lookup import NOWHERE, AddressTable
from luzeiro.places.networks import V4, V6, Network, to_ranges

HALF = 1 << 64


def packed(*texts: str) -> NDArray[np.uint8]:
    raw = b"".join(Endpoint.parse(text, 0).packed for text in texts)
    return np.frombuffer(raw, np.uint8).reshape(-1, 16)


def v4(text: str, length: int, value: int) -> Network:
    first = int(ip_address(text))
    return V4, first, first + (1 << 32 - length) - 1, value


NETWORKS = [v4("192.0.2.0", 24, 1), v4("192.0.2.128", 25, 2), v4("198.51.100.7", 32, 3)]
TEXTS = ("192.0.2.1", "192.0.2.127", "192.0.2.128", "192.0.3.1", "198.51.100.7", "198.51.100.8")
ROWS = [1, 1, 2, NOWHERE, 3, NOWHERE]


def test_a_24_that_is_split_is_told_apart() -> None:
    assert AddressTable.build(to_ranges(NETWORKS)).find(packed(*TEXTS)).tolist() == ROWS


def test_the_table_of_24s_says_the_same_as_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_FEW_STARTS", 0)
    table = AddressTable.build(to_ranges(NETWORKS))
    assert len(table.v4_table) == 1 << 24
    assert table.find(packed(*TEXTS)).tolist() == ROWS


def test_a_saved_table_is_mapped_and_says_the_same(tmp_path: Path) -> None:
    AddressTable.build(to_ranges(NETWORKS)).save(tmp_path)
    assert AddressTable.load(tmp_path).find(packed(*TEXTS)).tolist() == ROWS


def test_no_address_is_no_trouble() -> None:
    assert AddressTable.build(to_ranges([])).find(np.empty((0, 16), np.uint8)).tolist() == []


@given(
    st.lists(
        st.tuples(st.integers(0, 40 * HALF), st.integers(0, 3 * HALF), st.integers(0, 9)),
        max_size=12,
    ),
    st.lists(st.integers(0, 50 * HALF), min_size=1, max_size=20),
)
@settings(max_examples=100, deadline=None)
def test_ipv6_ranges_of_any_border_are_found_exactly(
    spans: list[tuple[int, int, int]], wanted: list[int]
) -> None:
    begin, at, networks = 0x20010DB8 << 96, 0, []
    for gap, size, value in spans:  # one after the other, never overlapping
        networks.append((V6, begin + at + gap, begin + at + gap + size, value))
        at += gap + size + 1
    borders = [edge + step for _, first, last, _ in networks for edge in (first, last)
               for step in (-1, 0, 1)]  # fmt: skip
    asked = [*borders, *(begin + one for one in wanted)]
    raw = np.frombuffer(b"".join(one.to_bytes(16, "big") for one in asked), np.uint8)
    expected = [
        next((value for _, first, last, value in networks if first <= one <= last), NOWHERE)
        for one in asked
    ]
    found = AddressTable.build(to_ranges(networks)).find(raw.reshape(-1, 16))
    assert found.tolist() == expected
