"""`luzeiro collect NETWORK`: run a collector on this machine, collector and store in one home."""

import typer

from luzeiro.cli.collect_bittorrent import bittorrent
from luzeiro.cli.collect_edonkey import edonkey

app = typer.Typer(help="Observe a network and record sightings.", no_args_is_help=True)
app.command("bittorrent")(bittorrent)
app.command("edonkey")(edonkey)


@app.callback()
def collect() -> None:
    """Observe a network and record sightings."""
