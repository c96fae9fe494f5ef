"""The places of a segment's addresses, by the tables of a home."""

import pyarrow as pa

from luzeiro.cli.home import Home
from luzeiro.places.placing import Places
from luzeiro.sightings.columns import packed_addresses
from luzeiro.sightings.intake import Placing


def placing(home: Home) -> Placing:
    """What an intake asks; the tables are opened once.

    Raises:
        PlaceTableError: a table is damaged.
    """
    places = Places.open(home.places)

    def place(sealed: pa.Table) -> pa.Table:
        return places.place(
            packed_addresses(sealed["remote_address"]), sealed["seen_at"].to_numpy()
        )

    return place
