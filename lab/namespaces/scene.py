"""The lab's swarm: Debian's clients, each on a host of its own, some liars, and what is true."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.children import Child, ChildError, Children
from lab.files import LabFile, LabTorrent, Version, make_torrent, write_part
from lab.liars import Lies
from lab.namespaces import clients, tracker
from lab.namespaces.clients import PORT, Address, Client, Job, Setup
from lab.namespaces.network import Network, inside, inside_with_names
from lab.sessions import Plan, SessionPlan, Share, wait_until_found
from lab.truth import Expected, Party

OBSERVER = "observer"
OBSERVER_V4, OBSERVER_V6 = "45.1.0.1", "2001:db8:1::1"
NODES: tuple[Address, ...] = tuple((f"45.{number}.0.1", PORT) for number in range(10, 46))
NODES_V6: tuple[Address, ...] = tuple((f"2001:db8:{number}::1", PORT) for number in range(10, 26))
TRACKER_AT = ("45.2.0.1", 6969)

_LOOK_FROM: Address = ("45.3.0.1", PORT)
_LYING_NODES: tuple[Address, ...] = tuple((f"45.{number}.0.1", PORT) for number in (61, 62, 63))
_INVENTED: Address = ("45.64.0.1", PORT)  # nobody is there
_SECOND_PORT, _THIRD_PORT = 6882, 6883
_READY_WITHIN_S = 30.0
_TOLD_WITHIN_S = 45.0
_ANNOUNCED_WITHIN_S = 150.0
_NODES_TOLD = 12  # to clients that take nodes by address


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A client on a host of its own, and what it holds."""

    name: str
    truth: str  # what it is, in a few words
    client: Client
    torrent: str
    held: float = 1.0  # share of the pieces
    encrypted_only: bool = False


HOSTS = (
    Host(
        name="transmission",
        truth="Transmission, whole",
        client=clients.transmission,
        torrent="song",
    ),
    Host(name="aria2", truth="aria2, whole", client=clients.aria2, torrent="song"),
    Host(
        name="qbittorrent",
        truth="qBittorrent, a hybrid",
        client=clients.qbittorrent,
        torrent="both",
    ),
    Host(name="deluge", truth="Deluge, whole", client=clients.deluge, torrent="album"),
    Host(
        name="rtorrent",
        truth="rTorrent, whole",
        client=clients.rtorrent,
        # Not the one that nodes lie about: it tells three nodes alone, the nearest, and those lie.
        torrent="album",
    ),
    Host(
        name="aria2-part",
        truth="aria2, 37 %",
        client=clients.aria2,
        torrent="album",
        held=0.37,
    ),
    Host(
        name="transmission-part",
        truth="Transmission, 61 %",
        client=clients.transmission,
        torrent="song",
        held=0.61,
    ),
    Host(
        name="transmission-crypt",
        truth="Transmission, encrypted only",
        client=clients.transmission,
        torrent="album",
        encrypted_only=True,
    ),
    Host(
        name="qbittorrent-crypt",
        truth="qBittorrent, encrypted only",
        client=clients.qbittorrent,
        torrent="song",
        encrypted_only=True,
    ),
    Host(
        name="aria2-none",
        truth="aria2, just joined",
        client=clients.aria2,
        torrent="song",
        held=0.0,
    ),
)


class Scene:
    """Who is there. `start` makes it so; the network's and the children's contexts end it."""

    def __init__(self, folder: Path, random: Random) -> None:
        announce = f"udp://{TRACKER_AT[0]}:{TRACKER_AT[1]}/announce"
        album = {"one.bin": 900_000, "two.bin": 2_500_000, "three.bin": 700_000}
        pair = {"left.bin": 1_000_000, "right.bin": 1_500_001}
        made = [
            make_torrent(folder, name, sizes, version, random, trackers=[announce])
            for name, sizes, version in (
                ("song", 4_000_000, Version.V1),
                ("album", album, Version.V1),
                ("both", pair, Version.HYBRID),
                ("unlisted", 1_000_000, Version.V1),
            )
        ]
        self.torrents: Mapping[str, LabTorrent] = {torrent.name: torrent for torrent in made}
        self.parties: list[Party] = []
        self._folder = folder
        self._announcing: list[Party] = []  # clients whose word in the DHT is awaited

    @property
    def listed(self) -> tuple[tuple[LabTorrent, tuple[LabFile, ...]], ...]:
        """The listed files of each torrent."""
        song, album, both = (self.torrents[name] for name in ("song", "album", "both"))
        return (song, song.files), (album, album.files[1:2]), (both, both.files)

    def start(self, network: Network, children: Children) -> None:
        """Start everybody, and wait until each can be found in the DHT.

        Raises:
            ChildError: that does not happen in time.
        """
        network.add(OBSERVER, [OBSERVER_V4, OBSERVER_V6], isolated=False)
        nodes = self._start_nodes(network, children)
        self._start_tracker(network, children)
        names = self._write_names()
        for number, host in enumerate(HOSTS):
            address = (f"45.{100 + number}.0.1", PORT)
            self._start_client(network, children, names, host, address)
        self._start_liars(network, children, names)
        self._start_libtorrent(network, children)
        announcing: dict[bytes, list[Address]] = {}
        for party in self._announcing:
            announcing.setdefault(party.torrent.wire_infohashes[0], []).append(party.address)
        for infohash, peers in announcing.items():
            wait_until_found(nodes, infohash, peers, _ANNOUNCED_WITHIN_S)

    def _start_nodes(self, network: Network, children: Children) -> Child:
        """A private DHT, half of it on IPv6 too."""
        honest = [host for host, _ in (*NODES, *NODES_V6, _LOOK_FROM)]
        network.add("nodes", honest, isolated=False)
        network.add("lying-nodes", [host for host, _ in _LYING_NODES], isolated=False)
        # One answers at the other port too that clients were built to ask.
        also = tuple((NODES[0][0], port) for port in clients.BOOTSTRAP_PORTS if port != PORT)
        plan = Plan(
            nodes=(*NODES, *NODES_V6, *also), known_nodes=_LYING_NODES, look_from=_LOOK_FROM
        )
        return self._sessions(children, "nodes", plan)

    def _start_tracker(self, network: Network, children: Children) -> None:
        network.add("tracker", [TRACKER_AT[0]], isolated=False)
        tracker.start(
            children,
            inside("tracker"),
            self._folder / "tracker",
            TRACKER_AT,
            self.torrents.values(),
        )

    def _start_client(
        self,
        network: Network,
        children: Children,
        names: tuple[Path, Path],
        host: Host,
        address: Address,
    ) -> None:
        torrent = self.torrents[host.torrent]
        folder, held = torrent.whole, frozenset(range(torrent.piece_count))
        if host.held < 1:
            folder = self._folder / f"{host.name}-files"
            folder.mkdir()
            held = torrent.part(host.held) if host.held else frozenset()
            if held:
                write_part(torrent, folder, held)
        self._run_client(network, children, names, host, address, folder)
        party = Party(
            name=host.truth,
            address=address,
            torrent=torrent,
            listed=dict(self.listed)[torrent],
            held=held,
            control="refused",
        )
        self.parties.append(party)
        self._announcing.append(party)

    def _run_client(
        self,
        network: Network,
        children: Children,
        names: tuple[Path, Path],
        host: Host,
        address: Address,
        folder: Path,
    ) -> None:
        state = self._folder / host.name
        state.mkdir()
        job = Job(
            torrent=self.torrents[host.torrent].path,
            folder=folder,
            state=state,
            nodes=NODES[:_NODES_TOLD],
            encrypted_only=host.encrypted_only,
        )
        setup = host.client(job)
        network.add(host.name, [address[0]], isolated=True)
        enter = inside_with_names(host.name, *names)
        child = children.start(host.name, [*enter, *setup.daemon], dict(setup.environment))
        if setup.tell:
            _tell(child, [*enter, *setup.tell], setup)

    def _start_liars(self, network: Network, children: Children, names: tuple[Path, Path]) -> None:
        """A peer that says yes to anything, lying DHT nodes, and those whom they name."""
        song = self.torrents["song"]
        liar: Address = ("45.60.0.1", PORT)
        framed: Address = ("45.110.0.1", PORT)
        innocent = Host(name="innocent", truth="", client=clients.transmission, torrent="unlisted")
        self._run_client(network, children, names, innocent, framed, song.whole)
        network.add("liar", [liar[0]], isolated=False)
        self._lies(children, "liar", Lies(echo=(liar,)))
        about = song.wire_infohashes[0].hex()
        lies = Lies(
            nodes=_LYING_NODES, about=about, invented=(framed, _INVENTED), known_nodes=NODES
        )
        self._lies(children, "lying-nodes", lies)
        announcer = SessionPlan(host=liar[0], port=_SECOND_PORT, announces=((about, liar[1]),))
        plan = Plan(sessions=(announcer,), known_nodes=NODES, look_from=(liar[0], _THIRD_PORT))
        sessions = self._sessions(children, "liar", plan)
        wait_until_found(sessions, song.wire_infohashes[0], [liar], _ANNOUNCED_WITHIN_S)
        for name, address, expected, control in (
            ("liar: says yes to anything", liar, Expected.REACHED, "echoes anything"),
            ("named by lying nodes: innocent", framed, Expected.HEARD, None),
            ("named by lying nodes: nobody", _INVENTED, Expected.HEARD, None),
        ):
            self.parties.append(
                Party(
                    name=name,
                    address=address,
                    torrent=song,
                    listed=song.files,
                    expected=expected,
                    control=control,
                )
            )

    def _start_libtorrent(self, network: Network, children: Children) -> None:
        """Two kinds that no Debian client is: a super-seeder, and one that has IPv6 alone."""
        song = self.torrents["song"]
        whole = frozenset(range(song.piece_count))
        for name, truth, host, known, super_seeding in (
            ("super-seeder", "libtorrent, super-seeding", "45.120.0.1", NODES, True),
            ("v6-only", "libtorrent, IPv6 alone", "2001:db8:120::1", NODES_V6, False),
        ):
            network.add(name, [host], isolated=True)
            share = Share(str(song.path), str(song.whole), super_seeding)
            plan = Plan(
                sessions=(SessionPlan(host=host, port=PORT, shares=(share,)),),
                known_nodes=known,
                look_from=(host, _SECOND_PORT),
            )
            sessions = self._sessions(children, name, plan)
            address = (host, PORT)
            wait_until_found(sessions, song.wire_infohashes[0], [address], _ANNOUNCED_WITHIN_S)
            self.parties.append(
                Party(
                    name=truth,
                    address=address,
                    torrent=song,
                    listed=song.files,
                    held=whole,
                    tells_less=super_seeding,
                    control="refused",
                )
            )

    def _write_names(self) -> tuple[Path, Path]:
        """Name the first node as the DHT nodes that clients were built to ask."""
        hosts, resolver = self._folder / "hosts", self._folder / "resolv.conf"
        lines = [
            "127.0.0.1 localhost",
            *(f"{NODES[0][0]} {name}" for name in clients.BOOTSTRAP_NAMES),
        ]
        hosts.write_text("\n".join(lines) + "\n")
        resolver.write_text("nameserver 127.0.0.1\n")  # nobody answers there
        return hosts, resolver

    @staticmethod
    def _sessions(children: Children, host: str, plan: Plan) -> Child:
        command = [*inside(host), sys.executable, "-m", "lab.sessions"]
        child = children.start(f"{host}-sessions", command)
        child.say(plan.to_json())
        child.hear(_READY_WITHIN_S)
        return child

    @staticmethod
    def _lies(children: Children, host: str, lies: Lies) -> None:
        child = children.start(f"{host}-lies", [*inside(host), sys.executable, "-m", "lab.liars"])
        child.say(lies.to_json())
        child.hear(_READY_WITHIN_S)


def _tell(child: Child, command: Sequence[str], setup: Setup) -> None:
    """Tell a daemon what to share, again until it listens.

    Raises:
        ChildError: it does not, in time.
    """
    ends_at = time.monotonic() + _TOLD_WITHIN_S
    while True:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=_TOLD_WITHIN_S, check=False
        )
        if told.returncode == 0:
            return
        if not child.running or time.monotonic() > ends_at:
            raise ChildError(
                f"{setup.tell[0]} cannot tell its daemon: {told.stderr.strip()[-300:]}"
            )
        time.sleep(0.5)
