"""Debian's BitTorrent clients, each set up to hold one torrent and nothing else.

A client learns of the DHT as it would anywhere: from the names that it was built with, which the
lab's /etc/hosts gives to a node of the lab; or from an option, where it has one.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from luzeiro.networks.bittorrent.wire import bencode
from luzeiro.observations.endpoint import Endpoint

Address = tuple[str, int]
PORT = 6881
# Names that clients were built with, and the port that they ask there.
BOOTSTRAP_NAMES = (
    "router.bittorrent.com",
    "router.utorrent.com",
    "dht.transmissionbt.com",
    "dht.aelitis.com",
    "dht.libtorrent.org",
)
BOOTSTRAP_PORTS = (6881, 25401)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one client is to hold."""

    torrent: Path
    folder: Path  # where the torrent's files are: whole, in part, or not at all
    state: Path  # an empty folder for the client's own files
    nodes: Sequence[Address]  # some of the DHT
    encrypted_only: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """How to run a client, and what to tell it once it runs."""

    daemon: tuple[str, ...]
    tell: tuple[str, ...] = ()  # repeated until it succeeds
    environment: tuple[tuple[str, str], ...] = ()


Client = Callable[[Job], Setup]


def transmission(job: Job) -> Setup:
    """transmission-daemon: its DHT begins with the nodes of an earlier run."""
    settings = {
        "dht-enabled": True,
        "download-dir": str(job.folder),
        "encryption": 2 if job.encrypted_only else 1,
        "lpd-enabled": False,
        "peer-port": PORT,
        "pex-enabled": True,
        "port-forwarding-enabled": False,
        "rpc-bind-address": "127.0.0.1",
        "rpc-whitelist-enabled": False,
        "utp-enabled": True,
    }
    (job.state / "settings.json").write_text(json.dumps(settings))
    nodes = b"".join(Endpoint.parse(*node).compact for node in job.nodes)
    remembered = {b"id": job.state.name.encode().ljust(20, b".")[:20], b"nodes": nodes}
    (job.state / "dht.dat").write_bytes(bencode.encode(remembered))
    add = ("transmission-remote", "127.0.0.1:9091", "-a", str(job.torrent), "-w", str(job.folder))
    return Setup(("transmission-daemon", "-f", "-g", str(job.state)), add)


def aria2(job: Job) -> Setup:
    """aria2c: one torrent, one process."""
    host, port = job.nodes[0]
    options = (
        "--no-conf=true",
        "--allow-overwrite=true",
        "--bt-enable-lpd=false",
        "--check-integrity=true",
        "--enable-dht6=false",
        "--enable-dht=true",
        "--file-allocation=none",
        "--seed-ratio=0.0",
        "--seed-time=600",
        "--summary-interval=0",
        f"--dht-entry-point={host}:{port}",
        f"--dht-file-path={job.state / 'dht.dat'}",
        f"--dht-listen-port={PORT}",
        f"--dir={job.folder}",
        f"--listen-port={PORT}",
        *(("--bt-force-encryption=true",) if job.encrypted_only else ()),
    )
    return Setup(("aria2c", *options, str(job.torrent)))


def qbittorrent(job: Job) -> Setup:
    """qbittorrent-nox: it takes the torrent from its command line."""
    folder = job.state / "qBittorrent" / "config"
    folder.mkdir(parents=True)
    (folder / "qBittorrent.conf").write_text(
        "[LegalNotice]\nAccepted=true\n\n"
        "[BitTorrent]\n"
        f"Session\\Port={PORT}\n"
        "Session\\LSDEnabled=false\n"
        f"Session\\Encryption={1 if job.encrypted_only else 0}\n\n"
        "[Network]\nPortForwardingEnabled=false\n\n"
        "[Preferences]\nWebUI\\Address=127.0.0.1\nGeneral\\Locale=en\n"
    )
    return Setup(
        (
            "qbittorrent-nox",
            f"--profile={job.state}",
            f"--save-path={job.folder}",
            "--skip-hash-check",
            str(job.torrent),
        )
    )


def deluge(job: Job) -> Setup:
    """deluged, told by deluge-console."""
    policy = 0 if job.encrypted_only else 1
    settings = {
        "dht": True,
        "download_location": str(job.folder),
        "enc_in_policy": policy,
        "enc_out_policy": policy,
        "listen_ports": [PORT, PORT],
        "lsd": False,
        "natpmp": False,
        "random_port": False,
        "upnp": False,
    }
    versions = {"file": 1, "format": 1}
    (job.state / "core.conf").write_text(json.dumps(versions) + json.dumps(settings))
    config = ("-c", str(job.state))
    add = ("deluge-console", *config, f"add -p {job.folder} {job.torrent}")
    return Setup(("deluged", "-d", *config), add)


def _without_trackers(job: Job) -> Path:
    """The same torrent for the DHT alone: beside a tracker, rTorrent may leave that one out."""
    whole = bencode.decode(job.torrent.read_bytes(), spec="BEP 3")
    assert isinstance(whole, dict)
    kept = {key: value for key, value in whole.items() if not key.startswith(b"announce")}
    path = job.state / job.torrent.name
    path.write_bytes(bencode.encode(kept))
    return path


def rtorrent(job: Job) -> Setup:
    """Run rTorrent as a daemon; it speaks plain, and knows no DHT node but those it is told."""
    session = job.state / "session"
    session.mkdir()
    torrent = _without_trackers(job)
    lines = [
        "system.daemon.set = true",
        f"session.path.set = {session}",
        f"directory.default.set = {job.folder}",
        f"network.port_range.set = {PORT}-{PORT}",
        "network.port_random.set = no",
        "protocol.pex.set = yes",
        f"dht.port.set = {PORT}",
        "dht.mode.set = on",
        *(
            f'schedule2 = node{number}, {number + 1}, 0, "dht.add_node={host}:{port}"'
            for number, (host, port) in enumerate(job.nodes)
        ),
        # Once its DHT knows nodes: else its first word there fails, and the next is long after.
        f'schedule2 = load, 15, 0, "load.start={torrent}"',
    ]
    if job.encrypted_only:
        lines.append("protocol.encryption.set = allow_incoming,try_outgoing,require,require_RC4")
    config = job.state / "rtorrent.rc"
    config.write_text("\n".join(lines) + "\n")
    return Setup(
        ("rtorrent", "-n", "-o", f"import={config}"),
        environment=(("TERM", "dumb"), ("HOME", str(job.state))),
    )
