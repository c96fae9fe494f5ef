from collections.abc import Iterator
from select import select

import pytest

from luzeiro.networks.kit.driver.sockets import open_udp
from luzeiro.networks.kit.driver.udp import BATCH, BindError, UdpSocket
from luzeiro.observations.endpoint import Endpoint

ANY_PORT = {"IPv4": Endpoint.parse("127.0.0.1", 0), "IPv6": Endpoint.parse("::1", 0)}
KINDS = {"one by one": UdpSocket, "in batches": open_udp}


@pytest.fixture(params=ANY_PORT)
def own(request: pytest.FixtureRequest) -> Endpoint:
    return ANY_PORT[request.param]


@pytest.fixture(params=KINDS)
def pair(request: pytest.FixtureRequest, own: Endpoint) -> Iterator[tuple[UdpSocket, UdpSocket]]:
    """Two sockets of one kind on loopback."""
    one, other = KINDS[request.param](own), KINDS[request.param](own)
    yield one, other
    one.close()
    other.close()


def received(udp: UdpSocket, count: int) -> list[tuple[bytes, bytes]]:
    datagrams: list[tuple[bytes, bytes]] = []
    while len(datagrams) < count:
        assert select([udp], [], [], 5)[0], "nothing came"
        datagrams += udp.receive()
    return datagrams


def test_a_datagram_arrives_with_the_senders_compact_address(
    pair: tuple[UdpSocket, UdpSocket],
) -> None:
    one, other = pair
    assert one.send([(b"hello", other.own.compact), (b"", other.own.compact)]) == 0
    assert received(other, 2) == [(b"hello", one.own.compact), (b"", one.own.compact)]


def test_more_than_a_batch_arrives_whole_and_in_order(pair: tuple[UdpSocket, UdpSocket]) -> None:
    one, other = pair
    sent = [(number.to_bytes(2, "big"), other.own.compact) for number in range(2 * BATCH + 3)]
    assert one.send(sent) == 0
    assert [data for data, _ in received(other, len(sent))] == [data for data, _ in sent]


def test_one_read_takes_no_more_than_a_batch(pair: tuple[UdpSocket, UdpSocket]) -> None:
    one, other = pair
    one.send([(b"x", other.own.compact)] * (BATCH + 1))
    assert select([other], [], [], 5)[0]
    assert len(other.receive()) <= BATCH


def test_nothing_to_read_is_no_error(pair: tuple[UdpSocket, UdpSocket]) -> None:
    assert pair[0].receive() == []


def test_what_cannot_be_sent_is_counted_and_the_others_go(
    pair: tuple[UdpSocket, UdpSocket],
) -> None:
    one, other = pair
    nowhere = other.own.compact[:-2] + b"\0\0"  # port 0
    good = (b"x", other.own.compact)
    assert one.send([good, (b"y", nowhere), good]) == 1
    assert [data for data, _ in received(other, 2)] == [b"x", b"x"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_port_in_use_is_told_with_what_to_do(kind: type[UdpSocket], own: Endpoint) -> None:
    taken = kind(own)
    with pytest.raises(BindError, match="another program uses this port") as told:
        kind(taken.own)
    assert str(taken.own) in str(told.value)
    taken.close()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_address_that_is_not_ours_is_told(kind: type[UdpSocket]) -> None:
    with pytest.raises(BindError, match="does not have that address"):
        kind(Endpoint.parse("192.0.2.1", 0))
