"""A network of its own for the lab: namespaces on one bridge, with no way out.

Each host is a namespace with public-looking addresses, since many clients drop private ones. There
is no route to anywhere else: nothing that the lab does can leave it. Needs root.
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from lab.children import ChildError

PREFIX = "luzeiro-lab-"  # of the names of our namespaces; nobody else's are touched
_BRIDGE_AT = "bridge"
_V4_LENGTH, _V6_LENGTH = 8, 32
_GRACE_S = 5.0


class Network:
    """The namespaces and the bridge. Leaving the context removes them, with all that runs there."""

    def __init__(self, prefix: str = PREFIX) -> None:
        """`prefix` begins the names of all its namespaces; two labs at once need two."""
        self._prefix = prefix

    def __enter__(self) -> Self:
        """Remove what a killed run left behind, and lay the bridge.

        Raises:
            ChildError: not root, or the system cannot do it.
        """
        if os.geteuid() != 0:
            raise ChildError("network namespaces need root: sudo make lab")
        remove_all(self._prefix)
        self._add_namespace(_BRIDGE_AT)
        self._in(_BRIDGE_AT, "ip", "link", "add", "br0", "type", "bridge")
        self._in(_BRIDGE_AT, "ip", "link", "set", "br0", "up")
        self._hosts = 0
        return self

    def __exit__(self, *_: object) -> None:
        remove_all(self._prefix)

    def add(self, host: str, addresses: Sequence[str], *, isolated: bool) -> None:
        """Add a host with these addresses, all on the one link.

        An isolated host reaches those that are not isolated, and no other isolated one: so clients
        cannot complete each other, and the truth stays as it is.
        """
        self._hosts += 1
        port = f"port{self._hosts}"
        self._add_namespace(host)
        ends = ("type", "veth", "peer", "name", port, "netns", self._prefix + _BRIDGE_AT)
        self._in(host, "ip", "link", "add", "eth0", *ends)
        self._in(_BRIDGE_AT, "ip", "link", "set", port, "master", "br0", "up")
        if isolated:
            self._in(
                _BRIDGE_AT, "ip", "link", "set", port, "type", "bridge_slave", "isolated", "on"
            )
        for address in addresses:
            length = _V6_LENGTH if ":" in address else _V4_LENGTH
            once = ["nodad"] if ":" in address else []
            self._in(host, "ip", "address", "add", f"{address}/{length}", "dev", "eth0", *once)
        self._in(host, "ip", "link", "set", "lo", "up")
        self._in(host, "ip", "link", "set", "eth0", "up")

    def _add_namespace(self, host: str) -> None:
        _run("ip", "netns", "add", self._prefix + host)

    def _in(self, host: str, *command: str) -> None:
        _run(*inside(host, self._prefix), *command)


def inside(host: str, prefix: str = PREFIX) -> tuple[str, ...]:
    """What to put before a command so that it runs on a host."""
    # Not `ip netns exec`: that hides /sys/fs/cgroup, which the embedded store reads.
    return "nsenter", f"--net=/run/netns/{prefix}{host}", "--"


def inside_with_names(host: str, hosts_file: Path, resolver_file: Path) -> tuple[str, ...]:
    """The same, with an /etc/hosts and /etc/resolv.conf of the lab's, seen by that command alone.

    The command dies with the lab, even if the lab is killed.
    """
    script = (
        f"mount --bind '{hosts_file}' /etc/hosts && mount --bind '{resolver_file}' /etc/resolv.conf"
        ' && exec setpriv --pdeathsig KILL -- "$@"'
    )
    return *inside(host), "unshare", "--mount", "--", "sh", "-c", script, "sh"


def remove_all(prefix: str = PREFIX) -> None:
    """Remove every namespace of a lab's, and end what runs in it."""
    for name in _ours(prefix):
        _end_processes(name)
        with suppress(ChildError):
            _run("ip", "netns", "delete", name)


def _ours(prefix: str) -> list[str]:
    listed = _run("ip", "netns", "list").split("\n")
    names = [line.split()[0] for line in listed if line.strip()]
    return [name for name in names if name.startswith(prefix)]


def _end_processes(namespace: str) -> None:
    ends_at = time.monotonic() + _GRACE_S
    number = signal.SIGTERM
    while pids := _run("ip", "netns", "pids", namespace).split():
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(int(pid), number)
        if time.monotonic() > ends_at:
            raise ChildError(f"processes in {namespace} do not end: {', '.join(pids)}")
        time.sleep(0.2)
        number = signal.SIGKILL


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except OSError as error:
        raise ChildError(f"{command[0]}: {error.strerror}. Install iproute2.") from error
    if done.returncode:
        raise ChildError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout
