"""Spells of activity: the busy hours of an address, joined where the silence between is short."""

from datetime import timedelta

import numpy as np
import pyarrow as pa

from luzeiro.sightings.questions import SpellsOfActivity


def join_spells(hours: pa.Table, silence: timedelta) -> pa.Table:
    """Join busy hours into spells.

    Exact, for a silence is at least an hour: two sightings of one hour are less than that apart,
    and each hour brings its own first and last instant.

    Args:
        hours: of `SpellsOfActivity.answer`, one row for each address and hour with sightings,
            ascending by address and first_seen_at.
        silence: a spell ends where nothing was seen for this long or longer.

    Returns:
        Of the same schema and order, one row a spell.
    """
    if not len(hours):
        return hours
    hours = hours.combine_chunks()
    addresses = np.frombuffer(_bytes(hours["remote_address"]), "V16")
    first, last = (hours[name].to_numpy() for name in ("first_seen_at", "last_seen_at"))
    gap_us = silence // timedelta(microseconds=1)
    begins = np.ones(len(hours), bool)
    begins[1:] = (addresses[1:] != addresses[:-1]) | (first[1:] - last[:-1] >= gap_us)
    at = np.flatnonzero(begins)
    ends = np.append(at[1:], len(hours)) - 1
    sums = {
        name: np.add.reduceat(hours[name].to_numpy(), at).astype(np.uint64)
        for name in ("sightings", "stated")
    }
    return pa.table(
        [
            hours["remote_address"].take(pa.array(at)),
            sums["sightings"],
            sums["stated"],
            first[at],
            last[ends],
        ],
        schema=SpellsOfActivity.answer,
    )


def _bytes(addresses: pa.ChunkedArray) -> bytes:
    return b"".join(addresses.to_pylist())
