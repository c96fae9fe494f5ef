"""What an address alone tells."""

import pytest

from luzeiro.networks.kit.subnets import is_askable, is_local, subnet_of
from luzeiro.observations.endpoint import Endpoint


def compact(host: str, port: int = 6881) -> bytes:
    return Endpoint.parse(host, port).compact


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("10.0.0.1", True),
        ("127.9.8.7", True),
        ("172.15.255.255", False),
        ("172.16.0.1", True),
        ("172.31.255.255", True),
        ("172.32.0.0", False),
        ("192.167.1.1", False),
        ("192.168.1.1", True),
        ("169.254.1.1", True),
        ("192.0.2.1", False),
        ("::1", True),
        ("::2", False),
        ("fe80::1", True),
        ("fec0::1", False),
        ("fd00::1", True),
        ("2001:db8::1", False),
    ],
)
def test_local_networks_are_known_with_and_without_a_port(host: str, local: bool) -> None:
    assert is_local(compact(host)) is local
    assert is_local(compact(host)[:-2]) is local


def test_a_subnet_is_a_24_or_a_64_of_ipv6() -> None:
    assert subnet_of(compact("192.0.2.1")) == subnet_of(compact("192.0.2.255", 1))
    assert subnet_of(compact("192.0.2.1")) != subnet_of(compact("192.0.3.1"))
    assert subnet_of(compact("2001:db8::1")) == subnet_of(compact("2001:db8::ffff:1"))
    assert subnet_of(compact("2001:db8::1")) != subnet_of(compact("2001:db8:0:1::1"))


@pytest.mark.parametrize("host", ["0.1.2.3", "224.0.0.1", "255.255.255.255", "::", "ff02::1"])
def test_what_is_no_single_host_is_not_askable(host: str) -> None:
    assert not is_askable(compact(host))


def test_a_host_needs_a_port_and_its_own_family() -> None:
    assert is_askable(compact("192.0.2.1"))
    assert is_askable(compact("2001:db8::1"))
    assert not is_askable(compact("192.0.2.1", 0))
    assert not is_askable(bytes(10) + b"\xff\xff" + compact("192.0.2.1"))
