"""What a collector remembers: its id, how far the sweep is, DHT nodes to begin with."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from luzeiro.collector.sweep import Cursor
from luzeiro.evidence import durable
from luzeiro.observations.endpoint import Endpoint

_ID, _CURSOR, _NODES = "id.json", "cursor.json", "nodes.json"


class StateError(Exception):
    """A state file cannot be read: which one, why, and what to do."""


class CollectorState:
    """Small JSON files, each replaced whole, so that a crash leaves the old or the new.

    Every reader raises StateError where its file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def collector_id(self) -> UUID:
        """Give this collector's id, made on first use."""
        if not (self._folder / _ID).exists():
            self._write(_ID, {"collector": str(uuid4())})
        with self._reading(_ID) as kept:
            return UUID(kept["collector"])

    def cursor(self) -> Cursor:
        """Where the sweep goes on; the beginning where nothing is remembered."""
        if not (self._folder / _CURSOR).exists():
            return Cursor()
        with self._reading(_CURSOR) as kept:
            infohash = bytes.fromhex(kept["next_infohash"])
            return Cursor(int(kept["sweep"]), infohash, int(kept["targets_done"]))

    def keep_cursor(self, cursor: Cursor) -> None:
        """Remember how far the sweep is."""
        infohash = cursor.next_infohash.hex()
        kept = {"next_infohash": infohash, "targets_done": cursor.targets_done}
        self._write(_CURSOR, {"sweep": cursor.sweep, **kept})

    def nodes(self) -> list[Endpoint]:
        """DHT nodes that answered when we last ran."""
        if not (self._folder / _NODES).exists():
            return []
        with self._reading(_NODES) as kept:
            return [Endpoint.from_compact(bytes.fromhex(text)) for text in kept["nodes"]]

    def keep_nodes(self, nodes: list[Endpoint]) -> None:
        """Remember nodes to begin with."""
        self._write(_NODES, {"nodes": [node.compact.hex() for node in nodes]})

    @contextmanager
    def _reading(self, name: str) -> Iterator[Any]:  # Any: whatever JSON the file holds
        path = self._folder / name
        try:
            yield json.loads(path.read_bytes())
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StateError(
                f"{path} cannot be read ({error!r}). "
                "Remove it: the collector then begins that part anew; no sighting is lost."
            ) from error

    def _write(self, name: str, kept: dict[str, object]) -> None:
        durable.put(self._folder / name, json.dumps(kept).encode())
