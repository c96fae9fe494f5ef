"""`luzeiro init`: make a home."""

import typer

from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import Home, home_path
from luzeiro.cli.portal import lay_casework
from luzeiro.evidence.durable import sync_folder

MARKER = """\
# This folder is a Luzeiro home: it holds the catalogue, the watch set, sealed segments and the
# store. Keep it on an encrypted disk, readable by the collector's account alone.
version = 1
"""


def init() -> None:
    """Make the folder that holds all state, and the portal's first administrator's link.

    Running it again changes nothing; as long as nobody administers, it makes a new link.
    """
    home = Home(home_path())
    fresh = not home.marker.exists()
    home.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in (home.spool, home.segments, home.store, home.collector, home.watch):
        folder.mkdir(exist_ok=True)
    for folder in (home.path, home.path.absolute().parent):
        sync_folder(folder)  # a power cut takes a folder that nobody synced, with all that it holds
    with open_catalogue(home.path):
        pass  # opening it lays its tables
    if fresh:
        home.marker.write_text(MARKER)
    path = lay_casework(home, "first_link").strip()
    typer.echo(f"{home.path} is {'ready' if fresh else 'already a Luzeiro home'}.")
    if path:
        typer.echo(
            "The portal's first administrator sets a password and a second factor under this "
            "path, which works once, for three days. Start the portal with 'luzeiro serve':"
        )
        typer.echo(path)
