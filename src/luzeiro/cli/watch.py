"""The watch sets of a home, each written anew from its catalogue."""

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.store import open_catalogue
from luzeiro.catalogue.watch_set import export_ed2k_watch_set, export_watch_set
from luzeiro.cli.home import Home
from luzeiro.networks.bittorrent.watch import WatchSet
from luzeiro.networks.edonkey.watch import Ed2kWatchSet

_HOW = "Add some with 'luzeiro catalogue add' or 'luzeiro catalogue import'."


def torrents_to_watch(home: Home) -> WatchSet:
    """Write the watch set of torrents and open it.

    Raises:
        CatalogueError: there is nothing to look for.
    """
    path = home.watch_set("bittorrent")
    with open_catalogue(home.path) as catalogue:
        export_watch_set(catalogue, path)
    targets = WatchSet(path)
    if not len(targets):
        raise CatalogueError(f"The catalogue names nothing that BitTorrent can look for. {_HOW}")
    return targets


def ed2k_files_to_watch(home: Home) -> Ed2kWatchSet:
    """Write the watch set of eD2k files and open it.

    Raises:
        CatalogueError: there is nothing to look for.
    """
    path = home.watch_set("edonkey")
    with open_catalogue(home.path) as catalogue:
        export_ed2k_watch_set(catalogue, path)
    targets = Ed2kWatchSet(path)
    if not len(targets):
        raise CatalogueError(
            f"The catalogue names no eD2k hash of a file that is to be looked for. {_HOW}"
        )
    return targets
