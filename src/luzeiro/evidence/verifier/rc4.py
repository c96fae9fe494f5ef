"""RC4, which hides links of BitTorrent and of eD2k from networks in between."""


class Rc4:
    """A keystream; its first `dropped` bytes are passed over."""

    def __init__(self, key: bytes, *, dropped: int) -> None:
        self._state, self._i, self._j = list(range(256)), 0, 0
        j = 0
        for i in range(256):
            j = (j + self._state[i] + key[i % len(key)]) % 256
            self._state[i], self._state[j] = self._state[j], self._state[i]
        self.apply(bytes(dropped))

    def apply(self, data: bytes) -> bytes:
        """Encrypt or decrypt what comes next."""
        state, i, j, out = self._state, self._i, self._j, bytearray()
        for byte in data:
            i = (i + 1) % 256
            j = (j + state[i]) % 256
            state[i], state[j] = state[j], state[i]
            out.append(byte ^ state[(state[i] + state[j]) % 256])
        self._i, self._j = i, j
        return bytes(out)
