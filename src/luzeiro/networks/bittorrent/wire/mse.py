"""Message stream encryption, as the side that opens the link ("Message Stream Encryption", 1.0).

    1 A->B: Diffie-Hellman Ya, PadA
    2 B->A: Diffie-Hellman Yb, PadB
    3 A->B: HASH("req1", S), HASH("req2", SKEY) xor HASH("req3", S),
            ENCRYPT(VC, crypto_provide, len(PadC), PadC, len(IA)), ENCRYPT(IA)
    4 B->A: ENCRYPT(VC, crypto_select, len(padD), padD), ENCRYPT2(payload)

SKEY is the infohash. RC4 (first 1,024 bytes dropped) hides the protocol from the network in
between; it is no secret from the peer. Pure: the private key and the pad come in as arguments.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext

from luzeiro.networks.kit.errors import WireError

SPEC = "Message Stream Encryption 1.0"
PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563",
    16,
)  # 768 bits
GENERATOR = 2
KEY_BYTES = 96
PRIVATE_KEY_BYTES = 20  # 160 bits, as the specification advises
PAD_LIMIT = 512
PLAINTEXT, RC4 = 0x01, 0x02
_VC = bytes(8)
_DROPPED = 1024


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Message 1: our half of the key exchange, and a pad of random length."""

    private_key: int
    pad: bytes  # at most 512 bytes

    def encode(self) -> bytes:
        return pow(GENERATOR, self.private_key, PRIME).to_bytes(KEY_BYTES, "big") + self.pad


@dataclass(frozen=True, slots=True)
class Offer:
    """Message 3: which torrent, which ciphers we take, and the first payload."""

    shared: bytes  # S, 96 bytes
    infohash: bytes
    payload: bytes

    def encode(self) -> bytes:
        return _offer(self, keystream(b"keyA", self.shared, self.infohash))


def _offer(offer: Offer, cipher: CipherContext) -> bytes:
    which = _hash(b"req2", offer.infohash)
    mask = _hash(b"req3", offer.shared)
    provide = (PLAINTEXT | RC4).to_bytes(4, "big")
    hidden = _VC + provide + bytes(2) + len(offer.payload).to_bytes(2, "big") + offer.payload
    named = bytes(a ^ b for a, b in zip(which, mask, strict=True))
    return _hash(b"req1", offer.shared) + named + cipher.update(hidden)


def _hash(*parts: bytes) -> bytes:
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).digest()


def keystream(side: bytes, shared: bytes, infohash: bytes) -> CipherContext:
    """RC4 keyed for one side (b"keyA" opened the link, b"keyB" did not), 1,024 bytes dropped."""
    cipher = Cipher(ARC4(_hash(side, shared, infohash)), mode=None).encryptor()
    cipher.update(bytes(_DROPPED))
    return cipher


class Initiator:
    """Our side of the handshake, then the cipher of the link.

    `opening()` is to be sent first; `receive` gives what to send and the plain bytes received.
    """

    def __init__(self, infohash: bytes, private_key: int, pad: bytes, payload: bytes) -> None:
        self._infohash, self._private_key, self._payload = infohash, private_key, payload
        self._pad = pad
        self._waiting = bytearray()
        self._out: CipherContext | None = None
        self._in: CipherContext | None = None
        self._marker = b""  # what ENCRYPT(VC) looks like
        self._select: int | None = None
        self._pad_left = -1  # of padD; -1: its length is not known yet

    @property
    def settled(self) -> bool:
        """Whether the handshake is over and payload flows."""
        return self._select is not None and self._pad_left == 0

    def opening(self) -> bytes:
        return PublicKey(self._private_key, self._pad).encode()

    def encrypt(self, plain: bytes) -> bytes:
        """Encrypt what we send after the handshake, if RC4 was selected."""
        if self._select == RC4 and self._out is not None:
            return self._out.update(plain)
        return plain

    def receive(self, data: bytes) -> tuple[bytes, bytes]:
        """Take wire bytes; give (wire bytes to send, plain payload received).

        Raises:
            WireError: a degenerate key, no marker where it must be, or a cipher we did not offer.
        """
        if self.settled:
            return b"", self._decrypt(data)
        self._waiting += data
        reply = b""
        if self._out is None:
            if len(self._waiting) < KEY_BYTES:
                return b"", b""
            reply = self._exchange()
        if self._find_marker() and self._read_choice():
            rest = bytes(self._waiting)
            self._waiting.clear()
            return reply, self._decrypt(rest) if self.settled else b""
        return reply, b""

    def _exchange(self) -> bytes:
        theirs = int.from_bytes(self._waiting[:KEY_BYTES], "big")
        if not 1 < theirs < PRIME - 1:
            raise WireError("a degenerate public key", at=0, spec=SPEC)
        del self._waiting[:KEY_BYTES]
        shared = pow(theirs, self._private_key, PRIME).to_bytes(KEY_BYTES, "big")
        self._out = keystream(b"keyA", shared, self._infohash)
        self._marker = keystream(b"keyB", shared, self._infohash).update(_VC)
        self._in = keystream(b"keyB", shared, self._infohash)
        return _offer(Offer(shared, self._infohash, self._payload), self._out)

    def _find_marker(self) -> bool:
        """Pass over PadB up to ENCRYPT(VC); True once it is passed."""
        if not self._marker:
            return True
        at = self._waiting.find(self._marker, 0, PAD_LIMIT + len(self._marker))
        if at < 0:
            if len(self._waiting) >= PAD_LIMIT + len(self._marker):
                raise WireError("no verification constant within 520 bytes", at=96, spec=SPEC)
            return False
        del self._waiting[: at + len(self._marker)]
        assert self._in is not None
        self._in.update(_VC)  # keep step with the sender
        self._marker = b""
        return True

    def _read_choice(self) -> bool:
        """Read crypto_select and padD; True once both are passed."""
        assert self._in is not None
        if self._select is None:
            if len(self._waiting) < 6:
                return False
            plain = self._in.update(bytes(self._waiting[:6]))
            del self._waiting[:6]
            select, self._pad_left = (
                int.from_bytes(plain[:4], "big"),
                int.from_bytes(plain[4:], "big"),
            )
            if select not in (PLAINTEXT, RC4) or self._pad_left > PAD_LIMIT:
                raise WireError(f"cipher {select}, pad {self._pad_left}", at=96, spec=SPEC)
            self._select = select
        skipped = min(self._pad_left, len(self._waiting))
        self._in.update(bytes(self._waiting[:skipped]))
        del self._waiting[:skipped]
        self._pad_left -= skipped
        return self._pad_left == 0

    def _decrypt(self, data: bytes) -> bytes:
        if self._select == RC4 and self._in is not None:
            return self._in.update(data)
        return data


def payload_received(received: Iterable[bytes], private_key: int, infohash: bytes) -> bytes:
    """Decrypt what a peer sent over a recorded link, given the key that was ours.

    Raises:
        WireError: the bytes are not such a link.
    """
    initiator = Initiator(infohash, private_key, b"", b"")
    return b"".join(initiator.receive(data)[1] for data in received)


SAYS = frozenset({PublicKey, Offer})
