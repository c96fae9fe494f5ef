"""Sightings as rows: addresses, instants and ids as everybody writes them."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pyarrow as pa

from luzeiro.observations.batch import instant
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.identifiers import Identifier, IdentifierKind

# One object a line has all of these, in this order; CSV the same.
COLUMNS = (
    "sighting_id", "network", "remote_address", "remote_port", "port_kind", "opened_by",
    "own_address", "own_port", "started_at", "seen_at", "clock_error_s", "clock_source",
    "identifier_kind", "identifier", "file_index", "entry_id", "category", "rule", "list_revision",
    "votes",
    "size_bytes", "name", "completeness", "completeness_bound", "role", "user_ids", "client",
    "told_by", "grade", "control", "doubts", "raw_sha256", "collector", "software",
    "configuration_sha256", "watch_revision", "segment", "position",
    "country", "region", "city", "radius_km", "asn", "organisation", "second_country", "flags",
    "place_table", "place_built_at", "place_sha256", "asn_table_sha256",
)  # fmt: skip
# What fits a screen.
SCREEN_COLUMNS = (
    "seen_at", "remote", "grade", "completeness", "file", "entry_id", "category", "client",
    "sighting_id",
)  # fmt: skip


def sighting_rows(batch: pa.RecordBatch) -> Iterator[dict[str, object]]:
    """Give the rows of a batch of sightings (sightings/columns.py, RESULT) under `COLUMNS`."""
    for row in batch.to_pylist():
        own = row["own_address"]
        yield {
            **row,
            "sighting_id": UUID(bytes=row["sighting_id"]),
            "collector": UUID(bytes=row["collector"]),
            "remote_address": Endpoint(row["remote_address"], row["remote_port"]).host,
            "own_address": own and Endpoint(own, row["own_port"]).host,
            "started_at": instant(row["started_at"]),
            "seen_at": instant(row["seen_at"]),
            "place_built_at": instant(row["place_built_at"]) if row["place_built_at"] else None,
            "told_by": [_witness(witness) for witness in row["told_by"]],
        }


def screen_row(row: Mapping[str, Any], *, full: bool) -> dict[str, object]:
    """Cut a row of `COLUMNS` down to `SCREEN_COLUMNS`.

    Args:
        row: with Any of each column's own type.
        full: show the whole identifier: an infohash is a locator, so only where work needs it.
    """
    remote = Endpoint.parse(row["remote_address"], row["remote_port"])
    named = Identifier(IdentifierKind(row["identifier_kind"]), row["identifier"])
    place = "" if row["file_index"] is None else f" file {row['file_index']}"
    return {
        **row,
        "seen_at": row["seen_at"].strftime("%Y-%m-%d %H:%M:%SZ"),
        "remote": str(remote),
        "completeness": _percent(row["completeness"], row["completeness_bound"]),
        "file": (str(named) if full else named.shortened()) + place,
    }


def _percent(completeness: float | None, bound: str) -> str | None:
    if completeness is None:
        return None
    # Cut, never rounded up: 100 % is said of the whole alone.
    cut = f"{int(completeness * 10) / 10:.1f} %"
    return cut if bound == "exact" else f"{bound} {cut}"


def _witness(told: Mapping[str, Any]) -> dict[str, object]:
    return {
        "address": Endpoint(told["address"], told["port"]).host,
        "port": told["port"],
        "means": told["means"],
        "told_at": instant(told["told_at"]),
        "node_id": told["node_id"],
        "id_fits_address": told["id_fits_address"],
    }
