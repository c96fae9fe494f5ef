from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network

from luzeiro.casework.leads.sample import LEADS, SampleWorld

NOW = datetime(2026, 3, 4, tzinfo=UTC)
NOBODYS = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))


def test_the_sample_is_the_same_each_time() -> None:
    one, other = SampleWorld(NOW), SampleWorld(NOW)
    addresses = one.addresses_in(one.segments()[0])
    assert len(addresses) == LEADS
    assert list(one.sightings_of(sorted(addresses))) == list(other.sightings_of(sorted(addresses)))


def test_the_sample_names_nobody() -> None:
    world = SampleWorld(NOW)
    for packed in world.addresses_in(world.segments()[0]):
        address = IPv6Address(packed)
        mapped = address.ipv4_mapped
        if mapped:
            assert any(mapped in network for network in NOBODYS)
        else:
            assert address in IPv6Network("2001:db8::/32")
        for one in world.sightings_of([packed]):
            assert one.entry_id < 0
            assert one.identifier.startswith(b"\xee" * 16)
            assert one.seen_at < NOW


def test_holders_are_counted_over_the_whole_sample() -> None:
    world = SampleWorld(NOW)
    holders = world.holders_of([-1, -2, 5])
    assert holders.get(5) is None
    assert sum(holders.values()) > 0
    assert world.exchange(b"\x09" * 32, 0) is None
