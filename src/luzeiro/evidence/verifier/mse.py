"""Message stream encryption of a recorded link, undone with the key that was recorded beside it.

Source: "Message Stream Encryption", 1.0. We opened the link: our key is A's, the peer's is B's.
"""

import hashlib
from dataclasses import dataclass

from luzeiro.evidence.verifier.rc4 import Rc4

_PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A63A36210000000000090563",
    16,
)
_KEY_BYTES, _VERIFY, _PAD_LIMIT = 96, bytes(8), 512
_DROPPED = 1024


class MseError(Exception):
    """The recorded link is not one of message stream encryption, or not under this infohash."""


@dataclass(frozen=True)
class PlainLink:
    """What an encrypted link said, each way, with the handshake's padding gone."""

    received: bytes
    sent: bytes


def peer_sent_its_key(received: bytes) -> bool:
    """Whether the peer came as far as the key exchange: only then it learns what is asked for."""
    return len(received) >= _KEY_BYTES and 1 < int.from_bytes(received[:96], "big") < _PRIME - 1


def decrypt_link(received: bytes, sent: bytes, secret: bytes, infohash: bytes) -> PlainLink:
    """Undo the encryption of one link.

    Args:
        received: all that came, in order.
        sent: all that we sent, in order.
        secret: our private key as recorded.
        infohash: 20 bytes that the link was about: the protocol's shared key.

    Raises:
        MseError: the bytes do not fit that key and infohash.
    """
    if not peer_sent_its_key(received):
        raise MseError("the peer sent no key")
    theirs = int.from_bytes(received[:_KEY_BYTES], "big")
    if len(sent) < _KEY_BYTES or int.from_bytes(sent[:_KEY_BYTES], "big") != pow(
        2, int.from_bytes(secret, "big"), _PRIME
    ):
        raise MseError("the recorded secret is not the key that we sent the other half of")
    shared = pow(theirs, int.from_bytes(secret, "big"), _PRIME).to_bytes(_KEY_BYTES, "big")
    selected, plain_received = _of_peer(received[_KEY_BYTES:], shared, infohash)
    return PlainLink(plain_received, _of_us(sent, shared, infohash, selected))


def _of_peer(data: bytes, shared: bytes, infohash: bytes) -> tuple[int, bytes]:
    cipher = Rc4(_sha1(b"keyB", shared, infohash), dropped=_DROPPED)
    marker = Rc4(_sha1(b"keyB", shared, infohash), dropped=_DROPPED).apply(_VERIFY)
    at = data.find(marker, 0, _PAD_LIMIT + len(marker))
    if at < 0:
        raise MseError("what the peer sent is not encrypted under this infohash")
    cipher.apply(_VERIFY)
    at += len(marker)
    head = cipher.apply(data[at : at + 6])
    if len(head) < 6:
        raise MseError("the peer's choice of a cipher is cut short")
    selected, pad = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
    cipher.apply(data[at + 6 : at + 6 + pad])
    rest = data[at + 6 + pad :]
    return selected, cipher.apply(rest) if selected == 2 else rest


def _of_us(sent: bytes, shared: bytes, infohash: bytes, selected: int) -> bytes:
    """Our side: pad, two hashes, then ENCRYPT(VC, provide, len(PadC), PadC, len(IA), IA),
    payload.
    """
    at = sent.find(_sha1(b"req1", shared), _KEY_BYTES, _KEY_BYTES + _PAD_LIMIT + 20)
    if at < 0:
        raise MseError("what we sent does not go on as the encryption asks for")
    named = bytes(
        a ^ b for a, b in zip(_sha1(b"req2", infohash), _sha1(b"req3", shared), strict=True)
    )
    if sent[at + 20 : at + 40] != named:
        raise MseError("what we sent asks for another infohash")
    cipher, rest = Rc4(_sha1(b"keyA", shared, infohash), dropped=_DROPPED), sent[at + 40 :]
    head = cipher.apply(rest[:14])
    pad = int.from_bytes(head[12:14], "big")
    cipher.apply(rest[14 : 14 + pad])
    length = int.from_bytes(cipher.apply(rest[14 + pad : 16 + pad]), "big")
    first = cipher.apply(rest[16 + pad : 16 + pad + length])
    after = rest[16 + pad + length :]
    return first + (cipher.apply(after) if selected == 2 else after)


def _sha1(*parts: bytes) -> bytes:
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).digest()
