"""Whatever a datagram holds, reading it gives a message or WireError, soon.

python -m fuzz.fuzz_krpc [--inputs 2000000] [--seed 1]
"""

from fuzz.mutate import main
from luzeiro.networks.bittorrent.wire import krpc
from tests.vectors import names, vector


def read_both_ways(datagram: bytes) -> None:
    """Read a datagram; the short way must not see what the long one refuses, or differently."""
    message = krpc.decode(datagram)
    assert message == krpc.decode_any(datagram), "the two ways differ"
    if isinstance(message, krpc.PeersFound):
        assert len(message.peers) == len(message.values)
        assert len(message.nearer) == len(message.nodes) // 26 + len(message.nodes6) // 38


if __name__ == "__main__":
    main("krpc", read_both_ways, [vector(name) for name in names("bittorrent/krpc")])
