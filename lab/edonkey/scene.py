"""The eD2k lab: six aMule daemons on hosts of their own, one Kad between them."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.children import Child, ChildError, Children
from lab.edonkey.amule import TCP_PORT, Daemon, user_hash, write_state
from lab.edonkey.files import LabEd2kFile, make_file, write_part
from lab.namespaces.network import Network, inside

PREFIX = "luzeiro-ed2k-"
OBSERVER, WATCHER, WATCHER_V4 = "observer", "watcher", "45.2.0.1"
SERVER, SERVER_AT = "server", ("45.3.0.1", 4661)
_READY_WITHIN_S = 10.0
_PUBLISHED_WITHIN_S = 720.0
_AGAIN_AFTER_S = 260.0  # who has not published by then takes itself for firewalled for an hour
_ROUND_WITHIN_S = 60.0
FILE_BYTES = 3 * 9_728_000 - 123_457


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """What is true of one daemon."""

    daemon: Daemon
    truth: str
    held: frozenset[int] | None  # parts of the listed file; None: it does not have the file
    firewalled: bool = False

    @property
    def publishes(self) -> bool:
        """Whether it tells Kad that it shares the file."""
        return self.held is not None

    @property
    def offers(self) -> bool:
        """Whether it tells the server: who takes obfuscated links alone does not log in to it."""
        return self.held is not None and not self.daemon.encrypted_only

    @property
    def endpoint(self) -> tuple[str, int]:
        return self.daemon.address, TCP_PORT


class Scene:
    """Who is there. `start` starts them; the network's and the children's contexts end them."""

    def __init__(self, folder: Path, random: Random) -> None:
        self._folder = folder
        self._running: dict[str, Child] = {}
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

    @property
    def without(self) -> Holder:
        """Who does not have the file."""
        return next(holder for holder in self.holders if holder.held is None)

    def start(self, network: Network, children: Children, *, observers: int) -> None:
        """Lay the hosts and start the daemons; the observer has an address for each run."""
        own = [observer_address(number) for number in range(1, observers + 1)]
        network.add(OBSERVER, own, isolated=False)
        network.add(WATCHER, [WATCHER_V4], isolated=False)
        network.add(SERVER, [SERVER_AT[0]], isolated=False)
        command = [sys.executable, "-m", "lab.edonkey.server", SERVER_AT[0], str(SERVER_AT[1])]
        children.start("server", [*inside(SERVER, PREFIX), *command]).hear(_READY_WITHIN_S)
        daemons = [holder.daemon for holder in self.holders]
        for holder in self.holders:
            daemon = holder.daemon
            state = self._folder / daemon.name
            write_state(daemon, state, daemons, SERVER_AT)
            self._place_files(holder, state)
            network.add(daemon.name, [daemon.address], isolated=False)
            self._run(children, daemon.name)

    def _run(self, children: Children, name: str) -> None:
        state = self._folder / name
        command = [*inside(name, PREFIX), "amuled", "-c", str(state), "-o"]
        self._running[name] = children.start(name, command, {"HOME": str(state)})

    def wait_until_published(self, children: Children, tell: Callable[[str], None]) -> None:
        """Wait until Kad knows of everybody who shares the file.

        Raises:
            ChildError: that does not happen in time.
        """
        began_at, again = time.monotonic(), False
        hosts = [holder.daemon.address for holder in self.holders]
        command = [sys.executable, "-m", "lab.edonkey.probe", self.file.digest.hex(), *hosts]
        probe = children.start("probe", [*inside(WATCHER, PREFIX), *command])
        wanted = {one.daemon.user_hash.hex(): one for one in self.holders if one.publishes}
        before: set[str] = set()
        while (waited_s := time.monotonic() - began_at) < _PUBLISHED_WITHIN_S:
            found = probe.hear(_ROUND_WITHIN_S)
            for told in sorted(set(found) - before):
                name = wanted[told].daemon.name if told in wanted else "a stranger"
                tell(f"{waited_s:4.0f} s: {name} has published, source type {found[told]}")
            before |= set(found)
            if before >= set(wanted):
                probe.end()
                self._close_firewalled()
                return
            if not again and waited_s > _AGAIN_AFTER_S:
                again = True
                for missed in set(wanted) - before:
                    self._start_again(children, wanted[missed].daemon.name, tell)
        missing = [wanted[one].daemon.name for one in set(wanted) - before]
        raise ChildError(f"not published after {waited_s:.0f} s: {', '.join(missing)}")

    def _start_again(self, children: Children, name: str, tell: Callable[[str], None]) -> None:
        """Let a daemon be tested anew: too few others told it in time that it can be reached."""
        tell(f"{name} has not published: it is started again")
        self._running[name].end()
        (self._folder / name / "muleLock").unlink(missing_ok=True)
        self._run(children, name)

    def _close_firewalled(self) -> None:
        for holder in self.holders:
            if holder.firewalled:
                _close_tcp(holder.daemon.name)

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

    Closed once the host has published: a firewalled client publishes only through a buddy, which in
    so small a Kad it does not always find. So Kad tells of it as of one that is open.

    Raises:
        ChildError: nft is missing, or refuses.
    """
    _apply(
        host,
        "add table inet home\n"
        "add chain inet home in { type filter hook input priority 0 ; policy accept ; }\n"
        "add rule inet home in iifname eth0 tcp flags & (syn | ack) == syn drop\n",
    )


def observer_address(number: int) -> str:
    """Where the collector of a run observes from.

    Each run has its own: aMule bans an address that comes under another user hash, and each run is
    a collector of its own.
    """
    return f"45.1.0.{number}"


def _apply(host: str, rules: str) -> None:
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
