"""The eD2k lab: six aMule daemons on hosts of their own, one Kad between them."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.children import ChildError, Children
from lab.edonkey.amule import TCP_PORT, Daemon, user_hash, write_state
from lab.edonkey.files import LabEd2kFile, make_file, write_part
from lab.namespaces.network import Network, inside

PREFIX = "luzeiro-ed2k-"
OBSERVER, OBSERVER_V4 = "observer", "45.1.0.1"
FILE_BYTES = 3 * 9_728_000 - 123_457


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What is true of one daemon."""

    daemon: Daemon
    truth: str
    held: frozenset[int] | None  # parts of the listed file; None: it does not have the file
    firewalled: bool = False

    @property
    def endpoint(self) -> tuple[str, int]:
        return self.daemon.address, TCP_PORT


class Scene:
    """Who is there. `start` starts them; the network's and the children's contexts end them."""

    def __init__(self, folder: Path, random: Random) -> None:
        self._folder = folder
        self.file: LabEd2kFile = make_file(folder / "listed.bin", FILE_BYTES, random)
        self.other = make_file(folder / "unlisted.bin", 500_001, random)
        every = frozenset(range(len(self.file.part_digests)))
        near = self.file.digest[:1]
        far = bytes([near[0] ^ 0xFF])  # a firewalled client looks for its buddy there

        def daemon(number: int, name: str, first: bytes, *, crypt: bool = False) -> Daemon:
            return Daemon(
                name=name,
                address=f"45.{10 + number}.0.1",
                user_hash=user_hash(name),
                kad_id=first + random.randbytes(15),
                encrypted_only=crypt,
            )

        self.holders = (
            Holder(daemon=daemon(0, "whole", near), truth="whole", held=every),
            Holder(daemon=daemon(1, "whole-too", near), truth="whole", held=every),
            Holder(daemon=daemon(2, "part", near), truth="one part of three", held=frozenset({1})),
            Holder(daemon=daemon(3, "without", far), truth="does not have the file", held=None),
            Holder(
                daemon=daemon(4, "firewalled", near),
                truth="whole, firewalled",
                held=every,
                firewalled=True,
            ),
            Holder(
                daemon=daemon(5, "obfuscated", near, crypt=True),
                truth="whole, obfuscated links alone",
                held=every,
            ),
        )

    def start(self, network: Network, children: Children) -> None:
        """Lay the hosts and start the daemons."""
        network.add(OBSERVER, [OBSERVER_V4], isolated=False)
        daemons = [holder.daemon for holder in self.holders]
        for holder in self.holders:
            daemon = holder.daemon
            state = self._folder / daemon.name
            write_state(daemon, state, daemons, server=False)
            self._place_files(holder, state)
            network.add(daemon.name, [daemon.address], isolated=False)
            if holder.firewalled:
                _close_tcp(daemon.name)
            children.start(
                daemon.name,
                [*inside(daemon.name, PREFIX), "amuled", "-c", str(state), "-o"],
                {"HOME": str(state)},
            )

    def _place_files(self, holder: Holder, state: Path) -> None:
        parts = len(self.file.part_digests)
        if holder.held is None:
            target, source = state / "Incoming" / self.other.path.name, self.other.path
            target.write_bytes(source.read_bytes())
        elif len(holder.held) == parts:
            target = state / "Incoming" / self.file.path.name
            target.write_bytes(self.file.path.read_bytes())
        else:
            write_part(self.file, holder.held, state / "Temp")


def _close_tcp(host: str) -> None:
    """Let nobody open a TCP link to a host, as a home router without a forwarded port does.

    Raises:
        ChildError: nft is missing, or refuses.
    """
    rules = (
        "add table inet home\n"
        "add chain inet home in { type filter hook input priority 0 ; policy accept ; }\n"
        "add rule inet home in iifname eth0 tcp flags & (syn | ack) == syn drop\n"
    )
    try:
        done = subprocess.run(
            [*inside(host, PREFIX), "nft", "-f", "-"],
            input=rules,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise ChildError(f"nft: {error.strerror}. Install nftables.") from error
    if done.returncode:
        raise ChildError(f"nft: {done.stderr.strip()}")
