"""The demo's swarm: real clients on loopback, each at an address of its own, and what is true."""

import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.children import Child, Children
from lab.files import LabFile, LabTorrent, Version, make_torrent, write_part
from lab.liars import Lies
from lab.sessions import ENCRYPTED_ONLY, Address, Plan, SessionPlan, Share, wait_until_found
from lab.truth import Expected, Party

OBSERVER = "127.0.1.1"
NODES = 36
NODES_PORT = 6881
_NODES_NETWORK = "127.0.8.0/22"  # honest ones, lying ones, and where we look from
PEERS_PORT = 6889

_SECOND_PORT = 6890  # of the DHT session beside a peer that is no real client
_READY_WITHIN_S = 45.0
_ANNOUNCED_WITHIN_S = 45.0


@dataclass(frozen=True, slots=True)
class Torrents:
    """What the demo shares, and which of it is listed."""

    song: LabTorrent  # v1, one file
    album: LabTorrent  # v1, three files, of which the second is listed
    both: LabTorrent  # hybrid, two files
    modern: LabTorrent  # v2, one file
    unlisted: LabTorrent

    @property
    def listed(self) -> tuple[tuple[LabTorrent, tuple[LabFile, ...]], ...]:
        return (
            (self.song, self.song.files),
            (self.album, self.album.files[1:2]),
            (self.both, self.both.files),
            (self.modern, self.modern.files),
        )

    @classmethod
    def make(cls, folder: Path, random: Random) -> "Torrents":
        album = {"one.bin": 900_000, "two.bin": 2_500_000, "three.bin": 700_000}
        pair = {"left.bin": 1_000_000, "right.bin": 1_500_001}
        return cls(
            make_torrent(folder, "song", 4_000_000, Version.V1, random),
            make_torrent(folder, "album", album, Version.V1, random),
            make_torrent(folder, "both", pair, Version.HYBRID, random),
            make_torrent(folder, "modern", 3_000_000, Version.V2, random),
            make_torrent(folder, "unlisted", 1_000_000, Version.V1, random),
        )


class Swarm:
    """Who is there. `start` makes it so; the children's context ends it."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.torrents = Torrents.make(folder, random)
        self.nodes: tuple[Address, ...] = tuple(
            (f"127.0.8.{number + 1}", NODES_PORT) for number in range(NODES)
        )
        self.parties: list[Party] = []
        self._folder = folder
        self._sessions: list[SessionPlan] = []
        self._people()
        self._liars()

    def start(self, children: Children) -> None:
        """Start everybody, and wait until each can be found in the DHT.

        Raises:
            ChildError: that does not happen in time.
        """
        liars = children.start("liars", [sys.executable, "-m", "lab.liars"])
        liars.say(self._lies.to_json())
        sessions = children.start("sessions", [sys.executable, "-m", "lab.sessions"])
        sessions.say(self._plan.to_json())
        liars.hear(_READY_WITHIN_S)
        sessions.hear(_READY_WITHIN_S)
        self._wait_until_announced(sessions)

    def _people(self) -> None:
        torrents = self.torrents
        song, album, both, modern = (torrent for torrent, _ in torrents.listed)
        self._add("full seeder", song, whole=True)
        self._add("full seeder", album, whole=True)
        self._add("downloader of 37 %", song, held=song.part(0.37))
        self._add("downloader of 61 %", album, held=album.part(0.61))
        self._add("super-seeder", song, whole=True, super_seeding=True)
        self._add("speaks only encrypted", album, whole=True, settings=ENCRYPTED_ONLY)
        self._add("seeder of a hybrid", both, whole=True)
        self._add("downloader of a v2 torrent", modern, held=modern.part(0.5))
        first = album.files[0]
        only_first = frozenset(
            range(first.first_piece, first.last_piece)
        )  # none of its neighbour's
        self._add("has only an unlisted file", album, held=only_first)
        self._add("has just joined", song, held=frozenset())

    def _liars(self) -> None:
        """People who lie, and people about whom is lied."""
        song, listed = self.torrents.listed[0]
        framed: Address = ("127.0.3.1", PEERS_PORT)
        invented: Address = ("127.0.3.2", PEERS_PORT)
        liar: Address = ("127.0.3.3", PEERS_PORT)
        unlisted = Share(str(self.torrents.unlisted.path), str(self.torrents.unlisted.whole))
        self._sessions += [
            self._session(framed, unlisted),
            SessionPlan(
                host=liar[0],
                port=_SECOND_PORT,
                announces=((song.wire_infohashes[0].hex(), liar[1]),),
            ),
        ]
        self._lies = Lies(
            echo=(liar,),
            nodes=tuple((f"127.0.9.{number}", NODES_PORT) for number in (1, 2, 3)),
            about=song.wire_infohashes[0].hex(),
            invented=(framed, invented),
            known_nodes=self.nodes,
        )
        for name, address, expected, control in (
            ("liar: accepts anything", liar, Expected.REACHED, "echoes anything"),
            ("named by lying nodes: innocent", framed, Expected.HEARD, None),
            ("named by lying nodes: nobody", invented, Expected.HEARD, None),
        ):
            self.parties.append(
                Party(
                    name=name,
                    address=address,
                    torrent=song,
                    listed=listed,
                    expected=expected,
                    control=control,
                )
            )

    def _add(
        self,
        name: str,
        torrent: LabTorrent,
        *,
        whole: bool = False,
        held: frozenset[int] = frozenset(),
        super_seeding: bool = False,
        settings: dict[str, object] | None = None,
    ) -> None:
        address = (f"127.0.2.{len(self.parties) + 1}", PEERS_PORT)
        folder = torrent.whole
        if whole:
            held = frozenset(range(torrent.piece_count))
        else:
            folder = self._folder / f"part-{len(self.parties) + 1}"
            write_part(torrent, folder, held)
        share = Share(str(torrent.path), str(folder), super_seeding)
        self._sessions.append(self._session(address, share, settings))
        self.parties.append(
            Party(
                name=name,
                address=address,
                torrent=torrent,
                listed=next(files for listed, files in self.torrents.listed if listed == torrent),
                held=held,
                tells_less=super_seeding,
                control="refused",
            )
        )

    def _session(
        self, address: Address, share: Share, settings: dict[str, object] | None = None
    ) -> SessionPlan:
        # They have to do with the observer and DHT nodes alone: else they complete each other.
        return SessionPlan(
            host=address[0],
            port=address[1],
            shares=(share,),
            settings=settings or {},
            talks_to=(f"{OBSERVER}/32", _NODES_NETWORK),
        )

    @property
    def liars(self) -> tuple[Address, ...]:
        """DHT nodes that name invented peers."""
        return self._lies.nodes

    @property
    def _plan(self) -> Plan:
        return Plan(
            nodes=self.nodes,
            known_nodes=self._lies.nodes,
            sessions=tuple(self._sessions),
            look_from=("127.0.10.1", NODES_PORT),
            on_loopback=True,
        )

    def _wait_until_announced(self, sessions: Child) -> None:
        announcing: dict[bytes, list[Address]] = {}
        for party in self.parties:
            if party.expected is not Expected.HEARD:
                for infohash in party.torrent.wire_infohashes:
                    announcing.setdefault(infohash, []).append(party.address)
        for infohash, peers in announcing.items():
            wait_until_found(sessions, infohash, peers, _ANNOUNCED_WITHIN_S)
