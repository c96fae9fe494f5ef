import pytest
from hypothesis import given
from hypothesis import strategies as st

from luzeiro.observations.endpoint import Endpoint


@pytest.mark.parametrize(
    ("host", "port", "text", "compact_bytes"),
    [
        ("192.0.2.1", 6881, "192.0.2.1:6881", 6),
        ("2001:db8::1", 80, "[2001:db8::1]:80", 18),
        ("::ffff:192.0.2.1", 1, "192.0.2.1:1", 6),
    ],
)
def test_an_endpoint_reads_as_people_write_it(
    host: str, port: int, text: str, compact_bytes: int
) -> None:
    endpoint = Endpoint.parse(host, port)
    assert str(endpoint) == text
    assert len(endpoint.compact) == compact_bytes


@given(st.binary(min_size=6, max_size=6) | st.binary(min_size=18, max_size=18))
def test_a_compact_address_comes_back_unless_it_maps_ipv4(compact: bytes) -> None:
    endpoint = Endpoint.from_compact(compact)
    expected = compact[12:] if len(compact) == 18 and endpoint.is_v4 else compact
    assert endpoint.compact == expected


@pytest.mark.parametrize("host", ["", "192.0.2", "192.0.2.256", "example", "2001:db8::g"])
def test_what_is_no_address_is_refused(host: str) -> None:
    with pytest.raises(ValueError):
        Endpoint.parse(host, 1)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_is_sixteen_bits(port: int) -> None:
    with pytest.raises(ValueError, match="0 to 65535"):
        Endpoint.parse("192.0.2.1", port)


def test_an_address_is_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="got 4"):
        Endpoint(b"\xc0\x00\x02\x01", 1)
