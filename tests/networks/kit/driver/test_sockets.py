import sys

import pytest

from luzeiro.networks.kit.driver.sockets import open_udp
from luzeiro.networks.kit.driver.udp import UdpSocket
from luzeiro.observations.endpoint import Endpoint


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_the_best_socket_of_the_system_is_opened(host: str) -> None:
    udp = open_udp(Endpoint.parse(host, 0))
    assert udp.own.host == host
    assert udp.own.port > 0
    assert (type(udp) is not UdpSocket) == (sys.platform == "linux")
    udp.close()
