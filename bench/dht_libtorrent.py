"""One run of libtorrent's own lookups, for bench_dht.py: plan on standard input, JSON out.

libtorrent does not say when a lookup ends, nor which node told. A lookup counts as found once its
announced peers were named; its further answers still cost it processor time, as they do ours.
"""

import json
import sys
import time

import libtorrent as lt

SETTINGS: "lt.settings_pack" = {
    "listen_interfaces": "127.0.0.1:0",
    "enable_dht": True,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "dht_bootstrap_nodes": "",
    "dht_restrict_routing_ips": False,
    "dht_restrict_search_ips": False,
    "dht_prefer_verified_node_ids": False,
    "dht_enforce_node_id": False,
    "dht_ignore_dark_internet": False,
    "dht_block_ratelimit": 1_000_000,
    "dht_upload_rate_limit": 100_000_000,
    "dht_read_only": True,  # as we are: it stays out of the nodes' tables
    "alert_queue_size": 1_000_000,
    "alert_mask": lt.alert.category_t.dht_operation_notification,
}
Wanted = dict[lt.sha1_hash, set[tuple[str, int]]]
SETTLE_S = 0.3  # for answers under way: they belong to the lookups
SILENCE_S = 2.0  # without a new answer: what is missing by then does not come


def main() -> None:
    plan = json.load(sys.stdin)
    wanted = {
        lt.sha1_hash(bytes.fromhex(infohash)): {tuple(peer) for peer in peers}
        for infohash, peers in plan["peers"].items()
    }
    session = lt.session(SETTINGS)
    for node in plan["nodes"]:
        session.add_dht_node(tuple(node))
    run(session, wanted, plan["warm_up"], plan["at_once"])  # nodes are known when it is over
    began, wall = time.process_time(), time.monotonic()
    found = run(session, wanted, plan["lookups"], plan["at_once"])
    cpu_s, wall_s = time.process_time() - began, time.monotonic() - wall
    print(json.dumps({"found": found, "cpu_s": cpu_s, "wall_s": wall_s}))


def run(session: lt.session, wanted: Wanted, lookups: int, at_once: int) -> int:
    """Look up each infohash in turn, `at_once` of them open; give how many were found."""
    infohashes = list(wanted)
    started = found = 0
    missing: Wanted = {}
    heard_at = time.monotonic()
    while found < lookups and time.monotonic() < heard_at + SILENCE_S:
        while started < lookups and len(missing) < at_once:
            infohash = infohashes[started % len(infohashes)]
            missing[infohash] = set(wanted[infohash])
            session.dht_get_peers(infohash)
            started += 1
        session.wait_for_alert(100)
        for alert in session.pop_alerts():
            if not isinstance(alert, lt.dht_get_peers_reply_alert):
                continue
            heard_at = time.monotonic()
            left = missing.get(alert.info_hash)
            if left is not None:
                left.difference_update(alert.peers())
                if not left:
                    del missing[alert.info_hash]
                    found += 1
    time.sleep(SETTLE_S)
    session.pop_alerts()
    return found


if __name__ == "__main__":
    main()
