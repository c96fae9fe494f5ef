"""Linux's recvmmsg and sendmmsg (man 2): many datagrams in one system call.

Python has neither. Through ctypes, with buffers laid out once, a datagram costs about a quarter
of what socket.recvfrom and socket.sendto take to build and parse their address tuples.
"""

import ctypes
import errno
import socket
import sys
from collections.abc import Sequence
from typing import Final

from luzeiro.networks.kit.driver.udp import BATCH, DATAGRAM_LIMIT, UdpSocket
from luzeiro.observations.endpoint import Endpoint

SENT_LIMIT = 256  # bytes: the queries that we send have about 110


class _IoVec(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))


class _MsgHdr(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_size", ctypes.c_uint32),
        ("iovec", ctypes.c_void_p),
        ("iovec_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_size", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _MmsgHdr(ctypes.Structure):
    _fields_ = (("message", _MsgHdr), ("done", ctypes.c_uint32))  # done: bytes received or sent


class _Slots:
    """Room for `BATCH` datagrams of at most `size` bytes, each with an address."""

    def __init__(self, size: int, name_size: int) -> None:
        self.size: Final = size
        self.name_size: Final = name_size
        payloads = ctypes.create_string_buffer(size * BATCH)
        names = ctypes.create_string_buffer(name_size * BATCH)
        vectors = (_IoVec * BATCH)()
        self.headers = (_MmsgHdr * BATCH)()
        for number in range(BATCH):
            vectors[number].base = ctypes.addressof(payloads) + number * size
            vectors[number].size = size
            message = self.headers[number].message
            message.name = ctypes.addressof(names) + number * name_size
            message.name_size = name_size
            message.iovec = ctypes.addressof(vectors[number])
            message.iovec_count = 1
        # Views keep the arrays alive, and are read and written without ctypes' slow attributes.
        self.payloads = memoryview(payloads).cast("B")
        self.names = memoryview(names).cast("B")
        words = memoryview(vectors).cast("B").cast("L")  # size_t, on every Linux
        self.sizes = words[_IoVec.size.offset // words.itemsize :: len(words) // BATCH]
        numbers = memoryview(self.headers).cast("B").cast("I")
        self.done = numbers[_MmsgHdr.done.offset // 4 :: len(numbers) // BATCH]


class BatchingUdpSocket(UdpSocket):
    """A UdpSocket that takes and gives whole batches to the system."""

    def __init__(self, own: Endpoint) -> None:
        super().__init__(own)
        name_size = 16 if own.is_v4 else 28  # struct sockaddr_in, sockaddr_in6
        self._received = _Slots(DATAGRAM_LIMIT, name_size)
        self._to_send = _Slots(SENT_LIMIT, name_size)
        family = socket.AF_INET if own.is_v4 else socket.AF_INET6
        for at in range(0, name_size * BATCH, name_size):
            self._to_send.names[at : at + 2] = int(family).to_bytes(2, sys.byteorder)
        # In the structure: port, then (IPv6: 4 bytes of flow information, then) the address.
        self._host = slice(4, 8) if own.is_v4 else slice(8, 24)

    def receive(self) -> list[tuple[bytes, bytes]]:
        slots, host = self._received, self._host
        count = _recvmmsg(self.fileno(), slots.headers, BATCH, socket.MSG_DONTWAIT, None)
        datagrams: list[tuple[bytes, bytes]] = []
        for number in range(count):
            start = number * slots.size
            data = slots.payloads[start : start + slots.done[number]].tobytes()
            start = number * slots.name_size
            name = slots.names[start : start + slots.name_size].tobytes()
            datagrams.append((data, name[host] + name[2:4]))
        return datagrams

    def send(self, datagrams: Sequence[tuple[bytes, bytes]]) -> int:
        refused = 0
        for first in range(0, len(datagrams), BATCH):
            refused += self._send_batch(datagrams[first : first + BATCH])
        return refused

    def _send_batch(self, datagrams: Sequence[tuple[bytes, bytes]]) -> int:
        slots, host = self._to_send, self._host
        for number, (data, address) in enumerate(datagrams):
            start = number * slots.size
            slots.payloads[start : start + len(data)] = data
            slots.sizes[number] = len(data)
            start = number * slots.name_size
            slots.names[start + 2 : start + 4] = address[-2:]
            slots.names[start + host.start : start + host.stop] = address[:-2]
        sent = refused = 0
        while sent < len(datagrams):
            rest = ctypes.byref(slots.headers, sent * ctypes.sizeof(_MmsgHdr))
            count = _sendmmsg(self.fileno(), rest, len(datagrams) - sent, socket.MSG_DONTWAIT)
            if count > 0:
                sent += count
            elif ctypes.get_errno() in (errno.EAGAIN, errno.ENOBUFS):
                return refused + len(datagrams) - sent
            else:  # this one cannot be sent, perhaps for want of a route; those after it can
                sent += 1
                refused += 1
        return refused


_libc = ctypes.CDLL(None, use_errno=True)
_recvmmsg = _libc.recvmmsg
_recvmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)
_sendmmsg = _libc.sendmmsg
_sendmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
