import sys
from select import select

import pytest

from luzeiro.networks.kit.driver.udp import DATAGRAM_LIMIT, UdpSocket
from luzeiro.observations.endpoint import Endpoint

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="recvmmsg is Linux's")
LOOPBACK = Endpoint.parse("127.0.0.1", 0)


def test_both_kinds_of_socket_say_the_same_of_the_same_datagrams() -> None:
    from luzeiro.networks.kit.driver.mmsg import BatchingUdpSocket  # noqa: PLC0415 - Linux

    plain, batching = UdpSocket(LOOPBACK), BatchingUdpSocket(LOOPBACK)
    sizes = [0, 1, 255, 1472, DATAGRAM_LIMIT, DATAGRAM_LIMIT + 1]
    for target in (plain, batching):
        plain.send([(bytes([7]) * size, target.own.compact) for size in sizes])
    taken = []
    for udp in (plain, batching):
        datagrams: list[tuple[bytes, bytes]] = []
        while len(datagrams) < len(sizes):
            assert select([udp], [], [], 5)[0]
            datagrams += udp.receive()
        taken.append(datagrams)
    assert taken[0] == taken[1]
    assert [len(data) for data, _ in taken[0]] == [min(size, DATAGRAM_LIMIT) for size in sizes]
    plain.close()
    batching.close()
