"""Whatever a Kad datagram holds, plain, packed or obfuscated, it is a message or WireError, soon.

python -m fuzz.fuzz_kad [--inputs 2000000] [--seed 1]
"""

from contextlib import suppress

from fuzz.mutate import main
from luzeiro.networks.edonkey.wire import kad
from luzeiro.networks.edonkey.wire.obfuscation import ObfuscatedDatagram, open_datagram
from luzeiro.networks.kit.errors import WireError
from tests.vectors import names, vector

NODE = bytes(range(16))
PLAIN = [vector(name) for name in names("edonkey/kad") if "obfuscated" not in name]
HIDDEN = [ObfuscatedDatagram(one, NODE, b"ab", 0x08, b"keys").encode() for one in PLAIN]


def read_every_way(datagram: bytes) -> None:
    """Read a datagram as it is, and as a receiver of obfuscated packets does."""
    with suppress(WireError):
        opened = open_datagram(datagram, kad.to_words(NODE))
        with suppress(WireError):
            kad.decode(opened)
    message = kad.decode(datagram)
    if isinstance(message, kad.SearchRes):
        for source in message.sources:
            assert len(source.tcp) == 6
            assert source.buddy is None or len(source.buddy) == 6


if __name__ == "__main__":
    main("kad", read_every_way, PLAIN + HIDDEN)
