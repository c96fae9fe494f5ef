"""Protocol obfuscation: RC4 that hides eD2k and Kad from networks in between, not from the peer.

A link (aMule EncryptedStreamSocket.cpp)::

    we:   marker, key part (4 bytes); encrypted: magic, methods supported, method preferred,
          padding length, padding
    peer: encrypted: magic, method selected, padding length, padding
    keys: MD5(user hash of the peer, 34 (we send) or 203 (we receive), key part);
          1,024 bytes dropped

A Kad datagram (EncryptedDatagramSocket.cpp)::

    marker, key part (2 bytes); encrypted: magic, padding length, padding, receiver's verify key,
    sender's verify key, packet
    keys: MD5(Kad id of the receiver, or the verify key that it gave us; key part); nothing dropped

Pure: all random bytes come in as arguments. All keys follow from what is recorded, so anybody can
decrypt a recorded exchange again.
"""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext

from luzeiro.networks.edonkey.wire.kad import to_words
from luzeiro.networks.kit.errors import WireError

SPEC = "aMule EncryptedStreamSocket.cpp, EncryptedDatagramSocket.cpp"
_REQUESTER, _SERVER = b"\x22", b"\xcb"  # 34, 203
_STREAM_MAGIC, _DATAGRAM_MAGIC = 0x835E6FC4, 0x395F2EC1
_OBFUSCATION = 0  # the only method there is
_DROPPED = 1024
# What a first byte that begins an obfuscated packet must not be: those of plain packets.
PLAIN_MARKERS = frozenset((0xE3, 0xC5, 0xD4, 0xE4, 0xE5, 0xF4, 0xF5, 0xA3, 0xB2, 0x00))
PAD_LIMIT = 255
_UINT32 = struct.Struct("<I")


def _keystream(*parts: bytes, dropped: int) -> CipherContext:
    key = hashlib.md5(b"".join(parts), usedforsecurity=False).digest()
    cipher = Cipher(ARC4(key), mode=None).encryptor()
    cipher.update(bytes(dropped))
    return cipher


def marker_from(chance: int, *, kad: bool) -> int:
    """Turn a random byte into a first byte that no plain packet has."""
    marker = chance & 0xFC if kad else chance
    while marker in PLAIN_MARKERS:
        marker = (marker + 4) & 0xFF
    return marker


@dataclass(frozen=True, slots=True)
class ObfuscationRequest:
    """The first bytes of an obfuscated link: let us hide what we say from the network between."""

    user_hash: bytes  # of the peer: who does not know it cannot open the link
    key_part: bytes  # 4 random bytes
    marker: int
    padding: bytes  # at most 255 random bytes

    def encode(self) -> bytes:
        cipher = _keystream(self.user_hash, _REQUESTER, self.key_part, dropped=_DROPPED)
        return _written(self, cipher)


def _written(request: ObfuscationRequest, cipher: CipherContext) -> bytes:
    hidden = _UINT32.pack(_STREAM_MAGIC) + bytes((_OBFUSCATION, _OBFUSCATION, len(request.padding)))
    return bytes((request.marker,)) + request.key_part + cipher.update(hidden + request.padding)


class ObfuscatedStream:
    """Our side of an obfuscated link. Send `opening()` first, payload once `settled`."""

    def __init__(self, request: ObfuscationRequest) -> None:
        self._request = request
        user_hash, key_part = request.user_hash, request.key_part
        self._out = _keystream(user_hash, _REQUESTER, key_part, dropped=_DROPPED)
        self._in = _keystream(user_hash, _SERVER, key_part, dropped=_DROPPED)
        self._waiting = bytearray()  # decrypted, of the peer's answer
        self.settled = False

    def opening(self) -> bytes:
        """The first bytes to send; once only, since the cipher goes on from there."""
        return _written(self._request, self._out)

    def encrypt(self, plain: bytes) -> bytes:
        return self._out.update(plain)

    def receive(self, data: bytes) -> bytes:
        """Take what the peer sent; give the plain payload.

        Raises:
            WireError: not the answer to our request.
        """
        plain = self._in.update(data)
        if self.settled:
            return plain
        self._waiting += plain
        if len(self._waiting) >= 4 and self._waiting[:4] != _UINT32.pack(_STREAM_MAGIC):
            raise WireError("no magic value in the answer", at=0, spec=SPEC)
        if len(self._waiting) < 6:
            return b""
        if self._waiting[4] != _OBFUSCATION:
            raise WireError(f"method {self._waiting[4]} selected", at=4, spec=SPEC)
        end = 6 + self._waiting[5]
        if len(self._waiting) < end:
            return b""
        self.settled = True
        return bytes(self._waiting[end:])


def payload_received(sent: bytes, received: Iterable[bytes], user_hash: bytes) -> bytes:
    """Decrypt what a peer sent over a recorded link.

    Args:
        sent: what we sent, from its first byte.
        received: what came in, in order.
        user_hash: the peer's, which is the recorded secret.

    Raises:
        WireError: the bytes are not such a link.
    """
    stream = ObfuscatedStream(ObfuscationRequest(user_hash, sent[1:5], sent[0], b""))
    return b"".join(stream.receive(data) for data in received)


def payload_sent(sent: bytes, user_hash: bytes) -> bytes:
    """Decrypt what we sent over a recorded link: all that follows the request.

    Raises:
        WireError: the bytes are not such a link.
    """
    cipher = _keystream(user_hash, _REQUESTER, sent[1:5], dropped=_DROPPED)
    plain = cipher.update(sent[5:])
    if plain[:6] != _UINT32.pack(_STREAM_MAGIC) + bytes(2) or len(plain) < 7:
        raise WireError("no obfuscated request", at=0, spec=SPEC)
    return plain[7 + plain[6] :]


@dataclass(frozen=True, slots=True)
class ObfuscatedDatagram:
    """A Kad packet hidden from the network between; what it says is `packet`, made elsewhere."""

    packet: bytes
    receiver: bytes  # the node's Kad id
    key_part: bytes  # 2 random bytes
    marker: int
    verify_key: bytes  # 4 bytes, ours for this node: it will encrypt its answer with it

    def encode(self) -> bytes:
        cipher = _keystream(to_words(self.receiver), self.key_part, dropped=0)
        hidden = struct.pack("<IBI4s", _DATAGRAM_MAGIC, 0, 0, self.verify_key)
        return bytes((self.marker,)) + self.key_part + cipher.update(hidden + self.packet)


def open_datagram(data: bytes, key: bytes) -> bytes:
    """Decrypt an obfuscated Kad datagram.

    Args:
        data: the datagram.
        key: the verify key that we gave its sender, 4 bytes; or the 16 bytes of the receiver's
            Kad id as it travels.

    Raises:
        WireError: it does not open with that key, or is cut short.
    """
    cipher = _keystream(key, data[1:3], dropped=0)
    plain = cipher.update(data[3:])
    if len(plain) < 13 or plain[:4] != _UINT32.pack(_DATAGRAM_MAGIC):
        raise WireError("an obfuscated packet that our key does not open", at=3, spec=SPEC)
    begin = 5 + plain[4] + 8
    if len(plain) <= begin:
        raise WireError(f"padding of {plain[4]} bytes and nothing after it", at=7, spec=SPEC)
    return plain[begin:]


SAYS = frozenset({ObfuscationRequest, ObfuscatedDatagram})
