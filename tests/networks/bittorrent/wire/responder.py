"""The other side of message stream encryption, for tests: what a client that is called does."""

from luzeiro.networks.bittorrent.wire.mse import GENERATOR, KEY_BYTES, PRIME, RC4, keystream
from luzeiro.networks.bittorrent.wire.mse import _hash as digest

_OFFER_HEAD = 40 + 8 + 4 + 2  # digests, VC, crypto_provide, len(PadC)


class Responder:
    """Takes a link's bytes and gives its answers; `refused` where the offer is for another torrent.

    After its handshake it sends `payload` at once, encrypted where `select` is RC4.
    """

    def __init__(
        self,
        infohash: bytes,
        private_key: int,
        *,
        select: int = RC4,
        pad_b: bytes = b"",
        pad_d: bytes = b"",
        payload: bytes = b"",
    ) -> None:
        self._infohash, self._private_key, self._select = infohash, private_key, select
        self._pad_b, self._pad_d, self._payload = pad_b, pad_d, payload
        self._waiting, self._shared = b"", b""
        self.first_payload: bytes | None = None
        self.refused = False

    def receive(self, data: bytes) -> bytes:
        if self.refused:
            return b""
        if self.first_payload is not None:
            self.first_payload += self.decrypt(data)
            return b""
        self._waiting += data
        answer = self._exchange() if not self._shared and len(self._waiting) >= KEY_BYTES else b""
        return answer + self._take_offer()

    def encrypt(self, plain: bytes) -> bytes:
        return self._out.update(plain) if self._select == RC4 else plain

    def decrypt(self, data: bytes) -> bytes:
        return self._in.update(data) if self._select == RC4 else data

    def _exchange(self) -> bytes:
        theirs = int.from_bytes(self._waiting[:KEY_BYTES], "big")
        self._waiting = self._waiting[KEY_BYTES:]
        self._shared = pow(theirs, self._private_key, PRIME).to_bytes(KEY_BYTES, "big")
        self._out = keystream(b"keyB", self._shared, self._infohash)
        self._in = keystream(b"keyA", self._shared, self._infohash)
        ours = pow(GENERATOR, self._private_key, PRIME).to_bytes(KEY_BYTES, "big")
        return ours + self._pad_b

    def _take_offer(self) -> bytes:
        """Find the offer after the pad, and see whether it is for our torrent."""
        at = self._waiting.find(digest(b"req1", self._shared)) if self._shared else -1
        if at < 0 or len(self._waiting) < at + _OFFER_HEAD + 2:
            return b""
        offer = self._waiting[at:]
        mask = int.from_bytes(digest(b"req3", self._shared), "big")
        named = int.from_bytes(offer[20:40], "big") ^ mask
        if named.to_bytes(20, "big") != digest(b"req2", self._infohash):
            self.refused = True
            return b""
        hidden = self._in.update(offer[40:])
        assert hidden[:8] == bytes(8)
        self.first_payload = hidden[16 : 16 + int.from_bytes(hidden[14:16], "big")]
        choice = self._select.to_bytes(4, "big") + len(self._pad_d).to_bytes(2, "big")
        head = self._out.update(bytes(8) + choice + self._pad_d)
        return head + self.encrypt(self._payload)
