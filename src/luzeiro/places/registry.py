"""What the regional registries delegated: the second source for an address's country.

Source: "RIR Statistics Exchange Format", version 2 (also the extended form). A delegation says
where a network is registered, which need not be where it is used: so it never replaces a table's
word, and where the two differ that is said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from luzeiro.places.errors import BrokenDataError
from luzeiro.places.networks import V4, V6, Network

_DELEGATED = frozenset({"allocated", "assigned"})
_NO_COUNTRY = frozenset({"", "EU", "AP", "ZZ"})  # regions and placeholders
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Delegations:
    """One registry's file."""

    registry: str  # "lacnic", "arin", ...
    built_at: datetime  # the end of the day that it speaks of, as its header says
    countries: tuple[str, ...]
    networks: tuple[Network, ...]  # values are places in `countries`


def read_delegations(text: str) -> Delegations:
    """Read a file of delegations.

    Raises:
        BrokenDataError: not such a file, cut short, or a line that is not as the format says.
    """
    lines = _lines(text)
    try:
        number, header = next(lines)
    except StopIteration:
        raise BrokenDataError("it is empty") from None
    registry, expected, built_at = _header(number, header)
    places: dict[str, int] = {}
    networks, records = [], 0
    for number, cells in lines:
        if cells[-1] == "summary":
            continue
        records += 1
        if len(cells) < 7:
            raise BrokenDataError(f"line {number} has {len(cells)} fields, expected 7 or more")
        _, country, kind, start, value, _, status = cells[:7]
        if kind not in ("ipv4", "ipv6") or status not in _DELEGATED or country in _NO_COUNTRY:
            continue
        if not _COUNTRY.fullmatch(country):
            raise BrokenDataError(f"line {number}: {country!r} is no country code")
        place = places.setdefault(country, len(places))
        networks.append(_network(number, kind, start, value, place))
    if records != expected:
        raise BrokenDataError(f"it has {records} records, its header says {expected}")
    return Delegations(registry, built_at, tuple(places), tuple(networks))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line and not line.startswith("#"):
            yield number, line.split("|")


def _header(number: int, cells: list[str]) -> tuple[str, int, datetime]:
    # version|registry|serial|records|startdate|enddate|UTCoffset
    try:
        version, registry, _, records, _, end, _ = cells
        if not version.startswith("2"):
            raise ValueError
        built_at = datetime.strptime(end, "%Y%m%d").replace(tzinfo=UTC)
        return registry, int(records), built_at
    except ValueError:
        raise BrokenDataError(f"line {number} is no header of registry statistics") from None


def _network(number: int, kind: str, start: str, value: str, place: int) -> Network:
    try:
        first, size = ip_address(start), int(value)
        if kind == "ipv4" and isinstance(first, IPv4Address) and 0 < size <= 2**32 - int(first):
            return V4, int(first), int(first) + size - 1, place
        if kind == "ipv6" and isinstance(first, IPv6Address) and 0 < size <= V6:
            return V6, int(first), int(first) | (1 << (V6 - size)) - 1, place
    except ValueError:
        pass
    raise BrokenDataError(f"line {number}: {start!r}, {value!r} is no {kind} delegation")
