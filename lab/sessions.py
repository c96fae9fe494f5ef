"""Real libtorrent sessions in one process: DHT nodes, and peers that share lab files.

Run by the demo and the lab as a child::

    python -m lab.sessions

It reads one `Plan` as a line of JSON from standard input and prints {"ready": true} once every
share is checked. Then it takes one request a line: {"find": infohash, "peers": [[host, port], ...],
"within_s": 60} looks in the DHT until all those peers are to be found there, and prints
{"missing": [...]}. It ends when standard input does, so it never outlives who started it.
"""

import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from ipaddress import IPv4Network
from typing import Any

import libtorrent as lt

from lab.children import Child, ChildError

Address = tuple[str, int]

_QUIET: dict[str, object] = {
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_lsd": False,
    "dht_bootstrap_nodes": "",
    "aio_threads": 1,
    "hashing_threads": 1,
    "alert_mask": lt.alert.category_t.dht_operation_notification,
}
# On loopback every node is a neighbour of every other, so what keeps such neighbours apart is off.
_ON_LOOPBACK: dict[str, object] = {
    "dht_restrict_routing_ips": False,
    "dht_restrict_search_ips": False,
    "dht_ignore_dark_internet": False,
    "dht_prefer_verified_node_ids": False,
}
_CHECKED = (lt.torrent_status.downloading, lt.torrent_status.seeding, lt.torrent_status.finished)
_READY_WITHIN_S = 30.0
_ASK_AGAIN_S = 1.0
_ANNOUNCE_AGAIN_S = 5.0

ENCRYPTED_ONLY: dict[str, object] = {
    "in_enc_policy": 0,  # pe_forced
    "out_enc_policy": 0,
    "allowed_enc_level": 2,  # pe_rc4
}


@dataclass(frozen=True, slots=True)
class Share:
    """A torrent that a session has, and the folder that holds what it has of it."""

    torrent: str  # path of the .torrent file
    folder: str
    super_seeding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlan:
    """One client at one address."""

    host: str
    port: int
    shares: tuple[Share, ...] = ()
    announces: tuple[tuple[str, int], ...] = ()  # (infohash, port): of what it does not have
    settings: Mapping[str, object] = field(default_factory=dict)
    talks_to: tuple[str, ...] = ()  # networks (CIDR) that it has to do with at all; empty: any


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What runs in one process."""

    nodes: tuple[Address, ...] = ()  # DHT nodes to run
    known_nodes: tuple[Address, ...] = ()  # others, run elsewhere, to be told of
    sessions: tuple[SessionPlan, ...] = ()
    look_from: Address | None = None  # a DHT node of our own, to see what can be found
    on_loopback: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        plan = json.loads(text)
        return cls(
            nodes=_addresses(plan["nodes"]),
            known_nodes=_addresses(plan["known_nodes"]),
            sessions=tuple(_session_plan(session) for session in plan["sessions"]),
            look_from=tuple(plan["look_from"]) if plan["look_from"] else None,
            on_loopback=plan["on_loopback"],
        )


def _session_plan(fields: Mapping[str, Any]) -> SessionPlan:  # Any: JSON
    shares = tuple(Share(**share) for share in fields["shares"])
    announces = tuple((infohash, port) for infohash, port in fields["announces"])
    nested = {"shares": shares, "announces": announces, "talks_to": tuple(fields["talks_to"])}
    return SessionPlan(**{**fields, **nested})


def _addresses(pairs: Iterable[Sequence[Any]]) -> tuple[Address, ...]:  # Any: JSON
    return tuple((host, port) for host, port in pairs)


class Sessions:
    """The sessions of a plan, running."""

    def __init__(self, plan: Plan) -> None:
        self._base = {**_QUIET, **(_ON_LOOPBACK if plan.on_loopback else {})}
        self._known = (*plan.nodes, *plan.known_nodes)
        self._nodes = [self._session(address, {}) for address in plan.nodes]
        self._torrents: list[Any] = []  # Any: libtorrent is untyped
        self._announces: list[tuple[Any, Any, int]] = []
        self._peers = [self._peer(session) for session in plan.sessions]
        self._look = self._session(plan.look_from, {}) if plan.look_from else None

    def wait_until_checked(self) -> None:
        """Wait until each share's state on disk is known.

        Raises:
            TimeoutError: that takes too long.
        """
        ends_at = time.monotonic() + _READY_WITHIN_S
        while any(torrent.status().state not in _CHECKED for torrent in self._torrents):
            if time.monotonic() > ends_at:
                raise TimeoutError("the lab's shares are not checked")
            time.sleep(0.05)

    def missing(self, infohash: str, peers: set[Address], within_s: float) -> set[Address]:
        """Look in the DHT until all those peers are found, and announce again now and then.

        Returns:
            The peers that are still not to be found when `within_s` seconds are over.
        """
        assert self._look is not None, "the plan has no look_from"
        wanted, ends_at, announce_at = lt.sha1_hash(bytes.fromhex(infohash)), time.monotonic(), 0.0
        ends_at += within_s
        missing = set(peers)
        while missing and (now := time.monotonic()) < ends_at:
            if now >= announce_at:
                self._announce()
                announce_at = now + _ANNOUNCE_AGAIN_S
            self._look.dht_get_peers(wanted)
            time.sleep(_ASK_AGAIN_S)
            for alert in self._look.pop_alerts():
                if isinstance(alert, lt.dht_get_peers_reply_alert) and alert.info_hash == wanted:
                    missing -= {(host, port) for host, port in alert.peers()}
        return missing

    def _announce(self) -> None:
        for torrent in self._torrents:
            torrent.force_dht_announce()
        for session, infohash, port in self._announces:
            session.dht_announce(infohash, port, 0)

    def _peer(self, plan: SessionPlan) -> Any:
        session = self._session((plan.host, plan.port), plan.settings)
        if plan.talks_to:
            session.set_ip_filter(_only(plan.talks_to))
        for share in plan.shares:
            torrent = lt.load_torrent_file(share.torrent)
            torrent.save_path = share.folder
            if share.super_seeding:
                torrent.flags |= lt.torrent_flags.super_seeding
            self._torrents.append(session.add_torrent(torrent))
        self._announces += [
            (session, lt.sha1_hash(bytes.fromhex(infohash)), port)
            for infohash, port in plan.announces
        ]
        return session

    def _session(self, address: Address, settings: Mapping[str, object]) -> Any:
        host, port = address
        interface = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        # Any: which settings there are is libtorrent's to say.
        pack: Any = {**self._base, "listen_interfaces": interface, **settings}
        session = lt.session(pack)
        for known in self._known:
            if known != address:
                session.add_dht_node(known)
        return session


def _only(networks: Iterable[str]) -> Any:  # Any: libtorrent is untyped
    """Give a filter that lets those networks through; it holds for links and for the DHT."""
    blocked = 1
    rules = lt.ip_filter()
    rules.add_rule("0.0.0.0", "255.255.255.255", blocked)
    for network in map(IPv4Network, networks):
        rules.add_rule(str(network[0]), str(network[-1]), 0)
    return rules


def wait_until_found(
    sessions: Child, infohash: bytes, peers: list[Address], within_s: float
) -> None:
    """Wait until all those peers can be found in the DHT.

    Raises:
        ChildError: some still cannot when the time is over.
    """
    request = {"find": infohash.hex(), "peers": peers, "within_s": within_s}
    sessions.say(json.dumps(request))
    missing = sessions.hear(within_s + _READY_WITHIN_S)["missing"]
    if missing:
        raise ChildError(f"not to be found in the lab's DHT after {within_s:.0f} s: {missing}")


def main() -> None:
    sessions = Sessions(Plan.from_json(sys.stdin.readline()))
    sessions.wait_until_checked()
    _say({"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        peers = set(_addresses(request["peers"]))
        _say({"missing": sorted(sessions.missing(request["find"], peers, request["within_s"]))})


def _say(answer: Mapping[str, object]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
