"""The places of a segment's addresses, by the tables of a home."""

import numpy as np
import pyarrow as pa

from luzeiro.cli.home import Home
from luzeiro.places.placing import Places
from luzeiro.sightings.intake import Placing


def placing(home: Home) -> Placing:
    """What an intake asks; the tables are opened once.

    Raises:
        PlaceTableError: a table is damaged.
    """
    places = Places.open(home.places)

    def place(sealed: pa.Table) -> pa.Table:
        raw = b"".join(sealed["remote_address"].to_pylist())
        addresses = np.frombuffer(raw, np.uint8).reshape(-1, 16)
        return places.place(addresses, sealed["seen_at"].to_numpy())

    return place
