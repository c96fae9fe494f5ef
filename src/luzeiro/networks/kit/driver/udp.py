"""UDP sockets that carry datagrams in batches. Addresses are compact (BEP 23, BEP 32)."""

import errno
import socket
from collections.abc import Sequence

from luzeiro.observations.endpoint import Endpoint

DATAGRAM_LIMIT = 4096  # bytes; a DHT answer fits 1,500, and what is longer is cut and refused
BATCH = 128  # datagrams taken at once, so that a flood cannot keep others waiting
BUFFER_BYTES = 4 << 20  # asked of the system, for answers that come faster than we read


class BindError(Exception):
    """A socket could not be opened at our own endpoint; `why` is for people."""

    def __init__(self, endpoint: Endpoint, why: str) -> None:
        super().__init__(f"cannot use {endpoint} (UDP): {why}")
        self.endpoint = endpoint
        self.why = why


_WHY = {
    errno.EADDRINUSE: "another program uses this port; choose another one, or 0 for any",
    errno.EADDRNOTAVAIL: "this machine does not have that address",
    errno.EACCES: "ports below 1024 need more rights than this program has",
    errno.EAFNOSUPPORT: "this machine does not speak that address family",
}


class UdpSocket:
    """One non-blocking UDP socket of one address family."""

    def __init__(self, own: Endpoint) -> None:
        """Open and bind.

        Raises:
            BindError: the port is taken, or the address is not this machine's.
        """
        family = socket.AF_INET if own.is_v4 else socket.AF_INET6
        try:
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
        except OSError as error:
            raise _bind_error(own, error) from error
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            if not own.is_v4:
                self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            self._socket.bind((own.host, own.port))
        except OSError as error:
            self._socket.close()
            raise _bind_error(own, error) from error
        host, port, *_ = self._socket.getsockname()
        self.own = Endpoint.parse(host, port)
        self.address_size = 6 if own.is_v4 else 18
        self._family = family

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def receive(self) -> list[tuple[bytes, bytes]]:
        """Give what has come in, at most `BATCH` datagrams, each with its source."""
        datagrams: list[tuple[bytes, bytes]] = []
        while len(datagrams) < BATCH:
            try:
                data, source = self._socket.recvfrom(DATAGRAM_LIMIT)
            except OSError:
                break
            host = socket.inet_pton(self._family, source[0].split("%")[0])
            datagrams.append((data, host + source[1].to_bytes(2, "big")))
        return datagrams

    def send(self, datagrams: Sequence[tuple[bytes, bytes]]) -> int:
        """Send what the system takes; give how many it refused. A datagram may always be lost."""
        refused = 0
        for data, address in datagrams:
            host = socket.inet_ntop(self._family, address[:-2])
            try:
                self._socket.sendto(data, (host, int.from_bytes(address[-2:], "big")))
            except OSError:
                refused += 1
        return refused


def _bind_error(own: Endpoint, error: OSError) -> BindError:
    return BindError(own, _WHY.get(error.errno or 0, error.strerror or str(error)))
