"""What a collector remembers: its id, and of each room how far it is and whom to begin with."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from luzeiro.collector.sweep import Cursor
from luzeiro.observations.endpoint import Endpoint

_ID = "id.json"


class StateError(Exception):
    """A state file cannot be read: which one, why, and what to do."""


class CollectorState:
    """Small JSON files, each replaced whole, so that a crash leaves the old or the new.

    Every reader raises StateError where its file is damaged.
    """

    def __init__(self, folder: Path, network: str) -> None:
        """`network` names the room: each goes its own way through a watch set of its own."""
        self._folder = folder
        self._cursor, self._nodes = f"cursor-{network}.json", f"nodes-{network}.json"
        folder.mkdir(parents=True, exist_ok=True)

    def collector_id(self) -> UUID:
        """Give this collector's id, made on first use."""
        if not (self._folder / _ID).exists():
            self._write(_ID, {"collector": str(uuid4())})
        with self._reading(_ID) as kept:
            return UUID(kept["collector"])

    def cursor(self) -> Cursor:
        """Where the sweep goes on; the beginning where nothing is remembered."""
        if not (self._folder / self._cursor).exists():
            return Cursor()
        with self._reading(self._cursor) as kept:
            key = bytes.fromhex(kept["next_key"])
            return Cursor(int(kept["sweep"]), key, int(kept["targets_done"]))

    def keep_cursor(self, cursor: Cursor) -> None:
        """Remember how far the sweep is."""
        kept = {"next_key": cursor.next_key.hex(), "targets_done": cursor.targets_done}
        self._write(self._cursor, {"sweep": cursor.sweep, **kept})

    def nodes(self) -> list[Endpoint]:
        """Nodes of the DHT that answered when we last ran."""
        if not (self._folder / self._nodes).exists():
            return []
        with self._reading(self._nodes) as kept:
            return [Endpoint.from_compact(bytes.fromhex(text)) for text in kept["nodes"]]

    def keep_nodes(self, nodes: list[Endpoint]) -> None:
        """Remember nodes to begin with."""
        self._write(self._nodes, {"nodes": [node.compact.hex() for node in nodes]})

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
        beside = self._folder / f"{name}.new"
        with beside.open("w") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._folder / name)
