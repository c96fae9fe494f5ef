"""A seeded world for the sample: invented sightings in documentation ranges, the same each time.

Nothing in it is real: addresses are those that RFC 5737 and RFC 3849 set aside, identifiers are a
repeated pair of digits with a number, entries have numbers below zero.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv6Address
from random import Random
from uuid import UUID

from luzeiro.casework.leads.installs import appearances_from
from luzeiro.casework.leads.material import MaterialSighting, Place
from luzeiro.observations.exchange import Direction, Frame, Purpose, Transcript, encode
from luzeiro.observations.grade import Grade
from luzeiro.observations.installs import Appearance
from luzeiro.observations.record import Role, UserId
from luzeiro.places.flags import Flag

SEED = 20_261_126
LEADS = 180
ENTRIES = 240
_SEGMENT = bytes(31) + b"\x01"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CATEGORIES = (
    "interpol-baseline:baseline",
    "interpol-baseline:baseline",
    "vics-us:1",
    "vics-us:2",
    "caid-uk:A",
    "caid-uk:B",
    "caid-uk:C",
)
_CLIENTS = ("qBittorrent 4.6.3", "Transmission 4.0.5", "µTorrent 3.6", "libtorrent 2.0.9", "")


@dataclass(frozen=True, slots=True)
class City:
    """Where sample sightings lie: a real city, an invented provider."""

    country: str
    region: str
    name: str
    latitude: float
    longitude: float
    radius_km: float
    share: int


CITIES = (
    City("AR", "AR-C", "Buenos Aires", -34.6, -58.4, 20, 24),
    City("AR", "AR-B", "La Plata", -34.9, -57.9, 50, 14),
    City("AR", "AR-X", "Córdoba", -31.4, -64.2, 50, 8),
    City("AR", "AR-S", "Rosario", -32.9, -60.7, 100, 6),
    City("BR", "BR-SP", "São Paulo", -23.5, -46.6, 20, 22),
    City("BR", "BR-RJ", "Rio de Janeiro", -22.9, -43.2, 50, 12),
    City("BR", "BR-MG", "Belo Horizonte", -19.9, -43.9, 100, 8),
    City("BR", "BR-BA", "Salvador", -13.0, -38.5, 200, 4),
    City("PY", "PY-ASU", "Asunción", -25.3, -57.6, 50, 10),
    City("EC", "EC-P", "Quito", -0.2, -78.5, 50, 8),
    City("EC", "EC-G", "Guayaquil", -2.2, -79.9, 100, 5),
    City("CR", "CR-SJ", "San José", 9.9, -84.1, 20, 8),
    City("US", "US-FL", "Miami", 25.8, -80.2, 50, 14),
    City("UY", "UY-MO", "Montevideo", -34.9, -56.2, 100, 3),
)


class SampleWorld:
    """Material made up from a seed; `now` is where its newest sighting lies."""

    def __init__(self, now: datetime | None = None) -> None:
        self._world = _world(now or datetime(2026, 11, 26, tzinfo=UTC))

    def segments(self) -> list[bytes]:
        """One segment."""
        return [_SEGMENT]

    def addresses_in(self, segment: bytes) -> set[bytes]:
        """All of them."""
        return set(self._world) if segment == _SEGMENT else set()

    def sightings_of(self, addresses: Iterable[bytes]) -> Iterator[MaterialSighting]:
        """What was made up for these addresses."""
        for address in addresses:
            yield from self._world.get(address, ())

    def appearances_of(self, user_ids: Iterable[UserId]) -> Iterator[Appearance]:
        """What was made up under these ids."""
        every = (one for group in self._world.values() for one in group)
        yield from appearances_from(every, user_ids)

    def holders_of(self, entries: Iterable[int]) -> dict[int, int]:
        """Counted over the whole world."""
        wanted, found = set(entries), defaultdict(set)
        for address, sightings in self._world.items():
            for one in sightings:
                if one.entry_id in wanted:
                    found[one.entry_id].add(address)
        return {entry: len(held) for entry, held in found.items()}

    def exchange(self, segment: bytes, position: int) -> bytes | None:
        """A conversation as it could have been: a handshake each way, and a bitfield."""
        return _conversation(position) if segment == _SEGMENT else None


@cache
def _world(now: datetime) -> dict[bytes, tuple[MaterialSighting, ...]]:
    random = Random(SEED)
    world: dict[bytes, tuple[MaterialSighting, ...]] = {}
    position = 0
    weights = [city.share for city in CITIES]
    for number in range(LEADS):
        city = random.choices(CITIES, weights)[0]
        address = _address(number, random)
        made = tuple(_stay(random, number, address, city, position, now))
        position += len(made)
        world[address] = made
    return world


def _stay(
    random: Random, number: int, address: bytes, city: City, position: int, now: datetime
) -> Iterator[MaterialSighting]:
    """One installation's stay at one address: files that it offers, on some days."""
    place = _place(random, number, city)
    entries = random.sample(range(1, ENTRIES + 1), min(ENTRIES, 1 + int(random.paretovariate(0.9))))
    days = sorted(random.sample(range(60), random.choice((1, 1, 2, 3, 5, 9))), reverse=True)
    user, client = random.randbytes(8), random.choice(_CLIENTS)
    port, source, whole = random.randrange(20_000, 60_000), random.random() < 0.6, random.random()
    clock_error_s = random.choice((0.02, 0.05, 0.2, None))
    for day in days:
        for entry in entries[:40]:
            seen_at = now - timedelta(days=day, seconds=random.randrange(80_000), microseconds=1)
            yield MaterialSighting(
                sighting_id=UUID(int=(SEED << 80) | position, version=4),
                address=address,
                port=port,
                port_is_source=source,
                network="bittorrent",
                seen_at=seen_at,
                clock_error_s=clock_error_s,
                identifier_kind="btih",
                identifier=b"\xee" * 16 + entry.to_bytes(4, "big"),
                entry_id=-entry,
                category=_CATEGORIES[entry % len(_CATEGORIES)],
                completeness=100.0 if whole < 0.6 else float(random.randrange(5, 100)),
                role=Role.SHARING_WHOLE if whole < 0.6 else Role.DOWNLOADING_PART,
                grade=Grade.CORROBORATED if len(days) > 1 else Grade.STATED,
                user_ids=(
                    UserId("peer_id", b"-XX0000-" + user[:4], durable=False),
                    *((UserId("user_hash", user, durable=True),) if number % 3 == 0 else ()),
                ),
                client=client,
                place=place,
                segment=_SEGMENT,
                position=position,
            )
            position += 1


def _address(number: int, random: Random) -> bytes:
    if number % 6 == 5:
        return IPv6Address(f"2001:db8:{number:x}::{random.randrange(1, 65_536):x}").packed
    network = ("192.0.2", "198.51.100", "203.0.113")[number % 3]
    return IPv6Address(f"::ffff:{network}.{1 + number // 3}").packed


def _place(random: Random, number: int, city: City) -> Place:
    flags = {
        1: frozenset({Flag.CARRIER_GRADE_NAT}),
        2: frozenset({Flag.VPN}),
        3: frozenset({Flag.HOSTING}),
    }.get(number % 14, frozenset[Flag]())
    return Place(
        country=city.country,
        region=city.region if random.random() < 0.9 else "",
        city=city.name,
        latitude=city.latitude,
        longitude=city.longitude,
        radius_km=city.radius_km,
        asn=64_496 + number % 16,  # RFC 5398
        organisation=f"Sample provider {city.country}",
        table="sample table",
        flags=flags,
    )


def _conversation(position: int) -> bytes:
    at_us = (datetime(2026, 11, 25, 12, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
    infohash = b"\xee" * 16 + position.to_bytes(4, "big")
    hello = b"\x13BitTorrent protocol" + bytes(8) + infohash
    frames = (
        Frame(Direction.SENT, at_us, hello + b"-LZ0000-" + b"\xaa" * 12),
        Frame(Direction.RECEIVED, at_us + 41_000, hello + b"-XX0000-" + b"\xbb" * 12),
        Frame(Direction.RECEIVED, at_us + 42_500, bytes((0, 0, 0, 5, 5)) + b"\xff" * 4),
    )
    refused = Transcript(
        Purpose.CONTROL,
        "tcp",
        "192.0.2.250:40000",
        "192.0.2.1:51413",
        (Frame(Direction.SENT, at_us + 60_000, hello[:28] + b"\xcc" * 20),),
    )
    stated = Transcript(Purpose.STATEMENT, "tcp", "192.0.2.250:40000", "192.0.2.1:51413", frames)
    return encode((stated, refused))
