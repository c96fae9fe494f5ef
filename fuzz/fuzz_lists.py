"""Whatever nodes.dat or server.met holds, it is a list or WireError, soon.

python -m fuzz.fuzz_lists {nodes,servers} [--inputs 2000000] [--seed 1]
"""

import struct
import sys

from fuzz.mutate import main
from luzeiro.networks.edonkey.wire.met import read_nodes_dat, read_server_met
from tests.vectors import vector

CONTACT = bytes(range(16)) + struct.pack("<IHHB", 0xC0000201, 4672, 4662, 8)
NODES = [
    vector("edonkey/lists/amule-nodes"),
    struct.pack("<I", 2) + CONTACT * 2,
    struct.pack("<III", 0, 1, 2) + CONTACT * 2,
    struct.pack("<IIII", 0, 3, 0, 1) + CONTACT + bytes(9),
    struct.pack("<IIII", 0, 3, 1, 2) + CONTACT * 2,
]
SERVER = b"\xc0\0\2\1" + struct.pack("<HI", 4661, 2) + b"\x02\x01\0\x01\x03\0one" + b"\x88\x97\1\2"
SERVERS = [b"\xe0" + struct.pack("<I", 3) + SERVER * 3, b"\x0e" + struct.pack("<I", 1) + SERVER]
TARGETS = {"nodes": (read_nodes_dat, NODES), "servers": (read_server_met, SERVERS)}


if __name__ == "__main__":
    which = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if which not in TARGETS:
        sys.exit(f"say which list: {' or '.join(TARGETS)}")
    reader, seeds = TARGETS[which]
    main(f"lists, {which}", reader, seeds)
