"""aMule daemons, set up to meet each other in a private Kad and to share one folder."""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

TCP_PORT, UDP_PORT = 4662, 4672
_CONFIGURATION = """[eMule]
AppVersion=2.3.3
Nick={nick}
Port={tcp}
UDPPort={udp}
UDPEnable=1
Autoconnect=1
ConnectToKad=1
ConnectToED2K={server}
AutoServerlist=0
AddServerListFromServer=0
AddServerListFromClient=0
SafeServerConnect=0
Reconnect=1
TempDir={temp}
IncomingDir={incoming}
FilterLanIPs=0
IPFilterClients=0
IPFilterServers=0
ParanoidFiltering=0
UPnPEnabled=0
NewVersionCheck=0
OSDirectory={state}/
[Obfuscation]
IsClientCryptLayerSupported={crypt}
IsCryptLayerRequested={crypt}
IsClientCryptLayerRequired={crypt}
[ExternalConnect]
AcceptExternalConnections=1
ECAddress=127.0.0.1
ECPort=4712
ECPassword={password}
"""
EC_PASSWORD = "lab"
_KAD_VERSION = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Daemon:
    """One aMule: who it is in the lab."""

    name: str
    address: str
    user_hash: bytes
    kad_id: bytes  # 16 bytes, as a number big-endian
    encrypted_only: bool = False


def user_hash(name: str) -> bytes:
    """Invent a user hash in eMule's form: bytes 5 and 14 are fixed."""
    raw = bytearray(hashlib.md5(name.encode(), usedforsecurity=False).digest())
    raw[5], raw[14] = 0x0E, 0x6F
    return bytes(raw)


def words(kad_id: bytes) -> bytes:
    """A Kad id as files and packets hold it: four 32-bit words, each little-endian."""
    return struct.pack("<4I", *struct.unpack(">4I", kad_id))


def write_state(
    daemon: Daemon, state: Path, contacts: Sequence[Daemon], server: tuple[str, int]
) -> None:
    """Write the folder that `amuled -c` begins with."""
    for folder in ("Temp", "Incoming"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    (state / "amule.conf").write_text(
        _CONFIGURATION.format(
            nick=f"lab {daemon.name}",
            tcp=TCP_PORT,
            udp=UDP_PORT,
            # No server of the lab speaks obfuscation: without one it would try again each second.
            server=int(not daemon.encrypted_only),
            temp=state / "Temp",
            incoming=state / "Incoming",
            state=state,
            crypt=int(daemon.encrypted_only),
            password=hashlib.md5(EC_PASSWORD.encode(), usedforsecurity=False).hexdigest(),
        )
    )
    (state / "preferences.dat").write_bytes(b"\x14" + daemon.user_hash)
    own_ip = struct.pack("<I", int(IPv4Address(daemon.address)))
    (state / "preferencesKad.dat").write_bytes(own_ip + bytes(2) + words(daemon.kad_id) + b"\0")
    (state / "server.met").write_bytes(server_met(*server))
    (state / "nodes.dat").write_bytes(nodes_dat(one for one in contacts if one != daemon))


def server_met(host: str, port: int) -> bytes:
    """Write server.met with one server."""
    name = b"\x02\x01\0\x01\x03\0lab"
    one = IPv4Address(host).packed + struct.pack("<HI", port, 1) + name
    return b"\xe0" + struct.pack("<I", 1) + one


def nodes_dat(contacts: Iterable[Daemon]) -> bytes:
    """Write nodes.dat, version 2: contacts with a verified address."""
    rows = [
        words(one.kad_id)
        + struct.pack("<IHHB", int(IPv4Address(one.address)), UDP_PORT, TCP_PORT, _KAD_VERSION)
        + bytes(8)
        + b"\1"
        for one in contacts
    ]
    return struct.pack("<III", 0, 2, len(rows)) + b"".join(rows)
