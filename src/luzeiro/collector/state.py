"""What a collector remembers: its id, and of each room how far it is and whom to begin with."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from luzeiro.collector.sweep import Cursor
from luzeiro.evidence import durable
from luzeiro.observations.endpoint import Endpoint

_ID = "id.json"


class StateError(Exception):
    """A state file cannot be read: which one, why, and what to do."""


def collector_id(folder: Path) -> UUID:
    """Give the id of the collector whose state this is, made on first use: one for all rooms.

    Raises:
        StateError: its file is damaged.
    """
    path = folder / _ID
    if not path.exists():
        durable.lay_folder(folder)
        _write(path, {"collector": str(uuid4())})
    with _reading(path) as kept:
        return UUID(kept["collector"])


class CollectorState:
    """Small JSON files, each replaced whole, so that a crash leaves the old or the new.

    Every reader raises StateError where its file is damaged.
    """

    def __init__(self, folder: Path, network: str) -> None:
        """`network` names the room: each goes its own way through a watch set of its own."""
        self._folder = folder
        self._cursor, self._nodes = f"cursor-{network}.json", f"nodes-{network}.json"
        durable.lay_folder(folder)

    def cursor(self) -> Cursor:
        """Where the sweep goes on; the beginning where nothing is remembered."""
        if not (self._folder / self._cursor).exists():
            return Cursor()
        with _reading(self._folder / self._cursor) as kept:
            key = bytes.fromhex(kept["next_key"])
            return Cursor(int(kept["sweep"]), key, int(kept["targets_done"]))

    def keep_cursor(self, cursor: Cursor) -> None:
        """Remember how far the sweep is."""
        kept = {"next_key": cursor.next_key.hex(), "targets_done": cursor.targets_done}
        _write(self._folder / self._cursor, {"sweep": cursor.sweep, **kept})

    def nodes(self) -> list[Endpoint]:
        """Nodes of the DHT that answered when we last ran."""
        if not (self._folder / self._nodes).exists():
            return []
        with _reading(self._folder / self._nodes) as kept:
            return [Endpoint.from_compact(bytes.fromhex(text)) for text in kept["nodes"]]

    def keep_nodes(self, nodes: list[Endpoint]) -> None:
        """Remember nodes to begin with."""
        _write(self._folder / self._nodes, {"nodes": [node.compact.hex() for node in nodes]})


@contextmanager
def _reading(path: Path) -> Iterator[Any]:  # Any: whatever JSON the file holds
    try:
        yield json.loads(path.read_bytes())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StateError(
            f"{path} cannot be read ({error!r}). "
            "Remove it: the collector then begins that part anew; no sighting is lost."
        ) from error


def _write(path: Path, kept: dict[str, object]) -> None:
    durable.put(path, json.dumps(kept).encode())
