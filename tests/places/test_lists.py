import pytest

from luzeiro.places.errors import BrokenDataError
from luzeiro.places.lists import read_networks
from luzeiro.places.networks import V4, V6


def test_addresses_and_networks_are_read_and_comments_left_out() -> None:
    told = "# exits\n192.0.2.7\n\n198.51.100.0/24 # all of it\n2001:db8::/127\n"
    first = 0x20010DB8 << 96
    assert read_networks(told) == [
        (V4, 0xC0000207, 0xC0000207, 0),
        (V4, 0xC6336400, 0xC63364FF, 0),
        (V6, first, first + 1, 0),
    ]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("a name\n", "line 1: 'a name' is no network"),
        ("192.0.2.1/24", "host bits"),
        ("#\n", "names no network"),
    ],
)
def test_anything_else_is_refused_with_its_line(told: str, why: str) -> None:
    with pytest.raises(BrokenDataError, match=why):
        read_networks(told)
