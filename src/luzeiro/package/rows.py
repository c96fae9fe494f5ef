"""A sighting as one object of sightings.jsonl: what the collector sealed, and beside it the
hub's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from luzeiro.observations.batch import SCHEMA, instant
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.segment import written

_INSTANTS = frozenset({"started_at", "seen_at", "told_at"})
_IDS = frozenset({"sighting_id", "collector"})
_ADDRESSES = frozenset({"remote_address", "own_address", "address"})


def json_row(sealed: Mapping[str, Any], hub: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a row of a segment into JSON's types, without the raw exchange.

    Args:
        sealed: of `batch.SCHEMA`, with Any of each column's own type.
        hub: what the hub added, JSON's types already.
    """
    names = [name for name in SCHEMA.names if name != "exchange"]
    return {**{name: _plain(name, sealed[name]) for name in names}, "hub": dict(hub)}


def _plain(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _INSTANTS:
        at: datetime = instant(value)
        return written(at)
    if name in _IDS:
        return str(UUID(bytes=value))
    if name in _ADDRESSES:
        return Endpoint(value, 0).host
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return [_member(one) for one in value]
    return value


def _member(one: Any) -> Any:
    if isinstance(one, dict):
        return {name: _plain(name, value) for name, value in one.items()}
    return one
