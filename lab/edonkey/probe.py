"""Looks now and then which sharers the lab's Kad nodes know of a file. Run on the watcher's host.

Prints a JSON object a round: user hash -> source type::

    python -m lab.edonkey.probe HASH HOST...
"""

import json
import socket
import sys
import time
from contextlib import suppress

from lab.edonkey.amule import UDP_PORT
from luzeiro.networks.edonkey.wire import kad
from luzeiro.networks.kit.errors import WireError

_EVERY_S = 25.0  # aMule answers three such questions a minute from one address
_ANSWERS_WITHIN_S = 2.0


def main() -> None:
    digest, hosts = bytes.fromhex(sys.argv[1]), sys.argv[2:]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        while True:
            found: dict[str, int] = {}
            for host in hosts:
                udp.sendto(kad.SearchSourceReq(digest, 0).encode(), (host, UDP_PORT))
            ends_at = time.monotonic() + _ANSWERS_WITHIN_S
            while (left_s := ends_at - time.monotonic()) > 0:
                udp.settimeout(left_s)
                with suppress(TimeoutError, WireError):
                    message = kad.decode(udp.recv(65536))
                    if isinstance(message, kad.SearchRes):
                        found |= {one.user_hash.hex(): one.type for one in message.sources}
            print(json.dumps(found), flush=True)
            time.sleep(_EVERY_S)


if __name__ == "__main__":
    main()
