"""Writing the watch sets that a collector works from: identifiers and maps, no categories."""

from pathlib import Path

from luzeiro.catalogue.queries import watched_files, watched_torrents
from luzeiro.catalogue.store import Catalogue
from luzeiro.networks.bittorrent.watch import write_watch_set
from luzeiro.networks.edonkey.watch import WatchedEd2kFile, write_ed2k_watch_set
from luzeiro.observations.identifiers import IdentifierKind


def export_watch_set(_catalogue: Catalogue, path: Path) -> str:
    """Write which torrents the open catalogue wants looked for; give the watch set's revision."""
    return write_watch_set(path, watched_torrents())


def export_ed2k_watch_set(_catalogue: Catalogue, path: Path) -> str:
    """Write which eD2k files the open catalogue wants looked for; give the revision."""
    files = watched_files(IdentifierKind.ED2K)
    return write_ed2k_watch_set(path, (WatchedEd2kFile(*file) for file in files))
