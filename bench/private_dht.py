"""A private DHT of real libtorrent nodes on loopback, for benches and tests.

Each node has its own address, 127.0.x.y, and may announce infohashes there: peers to be found.
Run as a program it serves until its standard input ends::

    python -m bench.private_dht --nodes 40 --infohashes 100 --seed 1

printing one JSON line {"nodes": [[host, port], ...], "peers": {infohash: [[host, port], ...]}}
once every announced peer can be found.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from random import Random

import libtorrent as lt

SETTINGS: "lt.settings_pack" = {
    "enable_dht": True,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "dht_bootstrap_nodes": "",
    # Everything is on one machine, so what keeps strangers' nodes apart must be off:
    "dht_restrict_routing_ips": False,
    "dht_restrict_search_ips": False,
    "dht_prefer_verified_node_ids": False,
    "dht_enforce_node_id": False,
    "dht_ignore_dark_internet": False,
    "dht_block_ratelimit": 1_000_000,
    "dht_upload_rate_limit": 100_000_000,
    "alert_mask": 0,
}
PEER_PORT = 6881
WAVE = 20  # infohashes announced at once; more, and some announcements are lost
ATTEMPTS = 10

Address = tuple[str, int]


class PrivateDht:
    """Some nodes that know each other. `close` ends them."""

    def __init__(self, nodes: int, first_port: int = 20000, network: int = 1) -> None:
        """Start `nodes` nodes at 127.0.`network`.1 and up, on ports `first_port` and up."""
        self.addresses: list[Address] = [
            (f"127.0.{network}.{number + 1}", first_port + number) for number in range(nodes)
        ]
        self._sessions = [
            lt.session({**SETTINGS, "listen_interfaces": f"{host}:{port}"})
            for host, port in self.addresses
        ]
        self.introduce_all()

    def introduce_all(self) -> None:
        """Tell each node of every other."""
        for session, own in zip(self._sessions, self.addresses, strict=True):
            for address in self.addresses:
                if address != own:
                    session.add_dht_node(address)

    def announce(self, announcers: Mapping[bytes, Sequence[int]]) -> None:
        """Have nodes (by number) announce infohashes; return once others hold it all.

        Raises:
            TimeoutError: some announcements are lost again and again.
        """
        everything = list(announcers.items())
        keepers = min(8, len(self.addresses) - 1)  # each announcement is held by k nodes
        held = 0
        for at in range(0, len(everything), WAVE):
            wave = everything[at : at + WAVE]
            held += keepers * sum(len(numbers) for _, numbers in wave)
            self._announce_until_held(wave, held)

    def peer(self, number: int) -> Address:
        """Where a node's announcements say that it shares."""
        return self.addresses[number][0], PEER_PORT

    def _announce_until_held(self, wave: list[tuple[bytes, Sequence[int]]], held: int) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            for infohash, numbers in wave:
                for number in numbers:
                    self._sessions[number].dht_announce(lt.sha1_hash(infohash), PEER_PORT, 0)
            try:
                self._wait(lambda: sum(self._gauge("dht.dht_peers")) >= held, until_s=2.0)
            except TimeoutError:
                if attempt == ATTEMPTS:
                    raise
            else:
                return

    def wait_until_joined(self, least: int, until_s: float = 30.0) -> None:
        """Wait until each node knows `least` others.

        Raises:
            TimeoutError: they do not come together.
        """
        self._wait(lambda: min(self._gauge("dht.dht_nodes")) >= least, until_s)

    def close(self) -> None:
        self._sessions.clear()

    def _gauge(self, name: str) -> list[int]:
        values: list[int] = []
        for session in self._sessions:
            session.post_session_stats()
            found = None
            while found is None:
                session.wait_for_alert(1000)
                for alert in session.pop_alerts():
                    if isinstance(alert, lt.session_stats_alert):
                        found = alert.values[name]
            values.append(found)
        return values

    @staticmethod
    def _wait(reached: Callable[[], bool], until_s: float) -> None:
        ends_at = time.monotonic() + until_s
        while not reached():
            if time.monotonic() > ends_at:
                raise TimeoutError("the private DHT did not get ready")
            time.sleep(0.05)


def infohashes(count: int, seed: int) -> list[bytes]:
    """Invented infohashes: the same for the same seed."""
    return [hashlib.sha1(f"luzeiro {seed} {number}".encode()).digest() for number in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=40)
    parser.add_argument("--infohashes", type=int, default=100)
    parser.add_argument("--announcers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-port", type=int, default=20000)
    options = parser.parse_args()
    random = Random(options.seed)
    dht = PrivateDht(options.nodes, options.first_port)
    dht.wait_until_joined(min(8, options.nodes - 1))
    announcers = {
        infohash: random.sample(range(options.nodes), options.announcers)
        for infohash in infohashes(options.infohashes, options.seed)
    }
    dht.announce(announcers)
    peers = {
        infohash.hex(): [dht.peer(number) for number in numbers]
        for infohash, numbers in announcers.items()
    }
    print(json.dumps({"nodes": dht.addresses, "peers": peers}), flush=True)
    sys.stdin.read()
    dht.close()


if __name__ == "__main__":
    main()
