import pytest

from luzeiro.places.errors import BrokenDataError
from luzeiro.places.networks import V4, V6
from luzeiro.places.registry import read_delegations

FILE = """\
# a comment
2|lacnic|20260301|5|19870101|20260228|-0300
lacnic|*|ipv4|*|3|summary
lacnic|AR|ipv4|192.0.2.0|256|20100101|allocated
lacnic|BR|ipv4|198.51.100.0|128|20100101|assigned|opaque-id
lacnic|EU|ipv4|203.0.113.0|256|20100101|allocated
lacnic|AR|ipv6|2001:db8::|32|20100101|allocated
lacnic|CL|asn|64496|1|20100101|allocated
"""


def test_a_registry_s_file_is_read() -> None:
    told = read_delegations(FILE)
    assert (told.registry, told.countries) == ("lacnic", ("AR", "BR"))
    assert told.built_at.isoformat() == "2026-02-28T00:00:00+00:00"
    first = 0x20010DB8 << 96
    assert told.networks == (
        (V4, 0xC0000200, 0xC00002FF, 0),
        (V4, 0xC6336400, 0xC633647F, 1),
        (V6, first, first + (1 << 96) - 1, 0),
    )


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("|5|", "|6|", "it has 5 records, its header says 6"),
        ("2|lacnic", "3|lacnic", "line 2 is no header"),
        ("20260228", "2026022x", "line 2 is no header"),
        ("192.0.2.0|256", "192.0.2.0|0", "line 4: '192.0.2.0', '0' is no ipv4 delegation"),
        ("2001:db8::|32", "192.0.2.0|32", "line 7"),
        ("AR|ipv4", "A1|ipv4", "line 4: 'A1' is no country code"),
        ("|20100101|allocated\nlacnic|BR", "\nlacnic|BR", "line 4 has 5 fields"),
    ],
)
def test_what_is_not_as_the_format_says_is_refused_with_its_line(
    before: str, after: str, why: str
) -> None:
    with pytest.raises(BrokenDataError, match=why):
        read_delegations(FILE.replace(before, after))


def test_nothing_is_no_file_of_delegations() -> None:
    with pytest.raises(BrokenDataError, match="it is empty"):
        read_delegations("# only a comment\n")
