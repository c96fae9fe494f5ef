"""Writing the watch set that a collector works from: identifiers and maps, no categories."""

from pathlib import Path

from luzeiro.catalogue.queries import watched_torrents
from luzeiro.catalogue.store import Catalogue
from luzeiro.networks.bittorrent.watch import write_watch_set


def export_watch_set(_catalogue: Catalogue, path: Path) -> str:
    """Write what the open catalogue wants looked for, and give the revision of the watch set."""
    return write_watch_set(path, watched_torrents())
