"""Real libtorrent clients on loopback that share random bytes: the truth to compare with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import libtorrent as lt

from luzeiro.observations.endpoint import Endpoint

PIECE_BYTES = 16 * 1024
SETTINGS: dict[str, object] = {
    "enable_dht": False,
    "enable_lsd": False,
    "enable_upnp": False,
    "enable_natpmp": False,
    "enable_incoming_utp": False,
    "enable_outgoing_utp": False,
    "allow_multiple_connections_per_ip": True,
    "alert_mask": 0,
}
ENCRYPTED_ONLY = {"in_enc_policy": 0, "out_enc_policy": 0, "allowed_enc_level": 2}  # RC4, forced


@dataclass(frozen=True, slots=True)
class LabTorrent:
    """One file of random bytes, whole, in a folder of its own."""

    folder: Path
    data: bytes
    info: lt.torrent_info

    @property
    def piece_count(self) -> int:
        return int(self.info.num_pieces())

    @property
    def v1(self) -> bytes:
        return bytes(self.info.info_hashes().v1.to_bytes())

    @property
    def v2(self) -> bytes:
        """Cut to 20 bytes, as the wire carries it."""
        return bytes(self.info.info_hashes().v2.to_bytes()[:20])


def make_torrent(folder: Path, seed: int, pieces: int, flags: int) -> LabTorrent:
    """Make a file of `pieces` pieces, the last one short, and its torrent."""
    folder.mkdir()
    data = Random(seed).randbytes(PIECE_BYTES * (pieces - 1) + 100)
    (folder / "lab.bin").write_bytes(data)
    made = lt.create_torrent(lt.list_files(str(folder / "lab.bin")), PIECE_BYTES, flags)
    lt.set_piece_hashes(made, str(folder))
    described: Any = lt.bdecode(lt.bencode(made.generate()))  # Any: whatever was encoded
    return LabTorrent(folder, data, lt.torrent_info(described))


@dataclass(slots=True)
class Swarm:
    """Sessions under names, each with an endpoint of its own."""

    peers: dict[str, Endpoint] = field(default_factory=dict)
    sessions: list[lt.session] = field(default_factory=list)
    handles: list[lt.torrent_handle] = field(default_factory=list)

    def add(self, name: str, host: str, **settings: object) -> lt.session:
        listen = f"[{host}]:0" if ":" in host else f"{host}:0"
        # Any: its type is one of hundreds of named fields, which `settings` cannot carry.
        pack: Any = {**SETTINGS, "listen_interfaces": listen, **settings}
        session = lt.session(pack)
        self.sessions.append(session)
        self.peers[name] = Endpoint.parse(host, session.listen_port())
        return session

    def share(self, session: lt.session, torrent: LabTorrent, folder: Path, flags: int = 0) -> None:
        wanted = lt.add_torrent_params()
        wanted.ti, wanted.save_path = torrent.info, str(folder)
        # In upload mode nothing is fetched: a part stays a part.
        wanted.flags |= flags | lt.torrent_flags.upload_mode
        wanted.flags &= ~lt.torrent_flags.auto_managed & ~lt.torrent_flags.paused
        self.handles.append(session.add_torrent(wanted))

    @property
    def checked(self) -> bool:
        """Whether every client has looked at what it holds, and listens."""
        done = (
            lt.torrent_status.seeding,
            lt.torrent_status.downloading,
            lt.torrent_status.finished,
        )
        return all(handle.status().state in done for handle in self.handles)


@contextmanager
def running() -> Iterator[Swarm]:
    swarm = Swarm()
    try:
        yield swarm
    finally:
        for session in swarm.sessions:
            session.pause()
        swarm.handles.clear()
        swarm.sessions.clear()
