"""A tracker for the lab's clients. Luzeiro asks it for counts, and never announces to it."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from lab.children import ChildError, Children
from lab.files import LabTorrent

Address = tuple[str, int]

_SETTLES_IN_S = 0.5


def start(
    children: Children,
    enter: Sequence[str],
    folder: Path,
    address: Address,
    torrents: Iterable[LabTorrent],
) -> None:
    """Start opentracker, which serves the torrents on its list alone.

    Raises:
        ChildError: it is not installed, or ends at once.
    """
    folder.mkdir()
    folder.chmod(0o755)
    infohashes = [infohash.hex() for torrent in torrents for infohash in torrent.wire_infohashes]
    (folder / "whitelist.txt").write_text("\n".join(infohashes) + "\n")
    config = folder / "opentracker.conf"
    # It changes its root to `folder` before it reads the list.
    config.write_text(
        f"listen.tcp_udp {address[0]}:{address[1]}\naccess.whitelist /whitelist.txt\n"
    )
    command = ["opentracker", "-d", str(folder), "-u", "nobody", "-f", str(config)]
    tracker = children.start("tracker", [*enter, *command])
    time.sleep(_SETTLES_IN_S)  # it says nothing when it is ready, and ends at once if it cannot
    if not tracker.running:
        raise ChildError(f"opentracker ended at once; see {folder.parent / 'tracker.log'}")
