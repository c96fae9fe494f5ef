"""A generated table of places that fits the generated sightings, with networks of every size.

Each country and region of bench/sightings.py has its /16 of 10.0.0.0/8 and its /40 of
2001:db8::/32. Within, networks are split by chance: IPv4 down to /32, IPv6 down to /128, many of
them below /64.
"""

from ipaddress import IPv6Network
from random import Random

from bench.sightings import COUNTRIES, REGIONS
from tests.places.mmdb_writer import Value, write_mmdb


def generated(seed: int = 1, *, splits: int = 20_000, v6_splits: int = 20_000) -> bytes:
    """A MaxMind DB file; the same seed gives the same bytes."""
    random = Random(seed)
    networks: dict[str, Value] = {}
    for country in range(len(COUNTRIES)):
        for region in range(REGIONS):
            area = country << 4 | region
            networks[f"10.{area}.0.0/16"] = _place(random, country, region)
            networks[_v6(0x20010DB8 << 96 | area << 88, 40)] = _place(random, country, region)
    for _ in range(splits):
        area, length = random.randrange(256), random.choice((20, 22, 24, 24, 26, 28, 30, 32))
        low = random.getrandbits(16) & ~((1 << 32 - length) - 1)
        address = f"10.{area}.{low >> 8}.{low & 255}/{length}"
        networks[address] = _place(random, area >> 4, area & 15)
    for _ in range(v6_splits):
        area, length = (
            random.randrange(256),
            random.choice((44, 48, 56, 64, 65, 72, 80, 96, 120, 128)),
        )
        # Few /64s, so that many splits share one.
        bits = 0x20010DB8 << 96 | area << 88 | random.randrange(8) << 64 | random.getrandbits(64)
        bits &= ~((1 << 128 - length) - 1)
        networks[_v6(bits, length)] = _place(random, area >> 4, area & 15)
    return write_mmdb(networks, database_type="Example-City", description="Generated, for a bench")


def _v6(bits: int, length: int) -> str:
    return str(IPv6Network((bits, length)))


def _place(random: Random, country: int, region: int) -> Value:
    return {
        "country": {"iso_code": COUNTRIES[country]},
        "subdivisions": [{"iso_code": chr(65 + region)}],
        "city": {"names": {"en": f"Town {random.randrange(300)}"}},
        "location": {"accuracy_radius": random.choice((5, 20, 50, 200))},
        "traits": {"autonomous_system_number": 64_496 + random.randrange(16)},
    }
