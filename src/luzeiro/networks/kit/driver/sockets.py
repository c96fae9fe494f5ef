"""The best UDP socket that this system has."""

import sys

from luzeiro.networks.kit.driver.udp import UdpSocket
from luzeiro.observations.endpoint import Endpoint

if sys.platform == "linux":
    from luzeiro.networks.kit.driver.mmsg import BatchingUdpSocket


def open_udp(own: Endpoint) -> UdpSocket:
    """Open and bind a socket that takes whole batches where the system can do that.

    Raises:
        BindError: the port is taken, or the address is not this machine's.
    """
    return BatchingUdpSocket(own) if sys.platform == "linux" else UdpSocket(own)
