"""Random addresses, ports and instants over every zone; and whether a paper tells them right.

Half of the instants lie within a day of a change of clocks, a third of the addresses are IPv6. Text
is taken out of the PDF by another library than the one that set it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from random import Random
from uuid import UUID

from luzeiro.casework.paper.instants import zone
from luzeiro.casework.paper.rows import rows_in
from luzeiro.casework.paper.typeset import text_of
from luzeiro.casework.requests.document import Line
from luzeiro.casework.requests.jurisdictions.table import jurisdictions
from luzeiro.casework.requests.papers import write_rows
from luzeiro.casework.requests.selection import Candidate
from luzeiro.casework.requests.written import row_of
from tests.casework.requests.documents import NOW

# The zones of our countries, and those of the world that change their clocks in the oddest ways.
ODD = (
    "Europe/Madrid",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Africa/Casablanca",
)
ZONES = sorted({one for law in jurisdictions().values() for one in law.all_zones} | set(ODD))
_FROM, _DAYS = datetime(2018, 1, 1, tzinfo=UTC), 4_000
_DAY_US = 86_400 * 10**6


@cache
def days_of_change(name: str) -> list[datetime]:
    """Every day, since 2018, in which a zone's offset changes."""
    there, days = zone(name), [_FROM + timedelta(days=day) for day in range(_DAYS)]
    offsets = [day.astimezone(there).utcoffset() for day in days]
    return [
        day for day, one, other in zip(days, offsets, offsets[1:], strict=False) if one != other
    ]


def triples(random: Random, count: int) -> Iterator[tuple[str, Candidate]]:
    """A zone, and a sighting."""
    for number in range(count):
        name = ZONES[number % len(ZONES)]
        at = _FROM + timedelta(microseconds=random.randrange(_DAYS * _DAY_US))
        if days_of_change(name) and random.random() < 0.5:
            at = random.choice(days_of_change(name))
            at += timedelta(microseconds=random.randrange(_DAY_US))
        packed = random.getrandbits(128)
        address = str(IPv6Address(packed) if number % 3 == 0 else IPv4Address(packed >> 96))
        yield (
            name,
            Candidate(
                sighting_id=UUID(int=number),
                address=address,
                port=random.randrange(65_536),
                port_is_source=random.random() < 0.5,
                seen_at=at,
                clock_error_s=0.1,
                grade="stated",
            ),
        )


def misread_of(made: Sequence[tuple[str, Candidate]]) -> list[object]:
    """Typeset, take the text out, parse; whatever does not come back as it was."""
    rows = [row_of(Line(number, one), name) for number, (name, one) in enumerate(made, 1)]
    read = rows_in(text_of(write_rows(rows, at=NOW)))
    if len(read) != len(made):
        return [f"{len(read)} lines of {len(made)} came back"]
    return [
        (row, one)
        for row, (_, one) in zip(read, made, strict=True)
        if (row.address, row.port, row.port_kind == "SRC", row.seen_at())
        != (one.address, str(one.port), one.port_is_source, one.seen_at)
    ]
