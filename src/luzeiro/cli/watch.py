"""The watch set of a home, written anew from its catalogue."""

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.store import open_catalogue
from luzeiro.catalogue.watch_set import export_watch_set
from luzeiro.cli.home import Home
from luzeiro.networks.bittorrent.watch import WatchSet


def watch_set(home: Home) -> WatchSet:
    """Write the watch set and open it.

    Raises:
        CatalogueError: there is nothing to look for.
    """
    with open_catalogue(home.path) as catalogue:
        export_watch_set(catalogue, home.watch_set)
    targets = WatchSet(home.watch_set)
    if not len(targets):
        raise CatalogueError(
            "The catalogue names nothing that BitTorrent can look for. "
            "Add some with 'luzeiro catalogue add' or 'luzeiro catalogue import'."
        )
    return targets
