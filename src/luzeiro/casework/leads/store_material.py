"""The sightings store as material: opened for moments, so that collectors' intake goes on.

Where the segments lie (`segments/YYYY-MM-DD/`) says what was taken in; their files hold the raw
exchanges, which are read from there without the store.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from luzeiro.casework.leads.material import NOWHERE, MaterialSighting, Place
from luzeiro.observations.batch import instant
from luzeiro.observations.grade import Grade
from luzeiro.observations.installs import Appearance
from luzeiro.observations.installs import Place as InstallPlace
from luzeiro.observations.record import PortKind, Role, UserId
from luzeiro.observations.segment import SegmentName
from luzeiro.places.flags import Flag
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.questions import MOST_AT_ONCE, AppearancesOfUserIds, SharersOfEntries
from luzeiro.sightings.store import SightingStore

_T = TypeVar("_T")
OpenStore = Callable[[], AbstractContextManager[SightingStore]]


class StoreMaterial:
    """Reads a home's segments and store."""

    def __init__(self, segments: Path, open_store: OpenStore) -> None:
        self._segments, self._open = segments, open_store
        self._paths: dict[bytes, Path] = {}

    def segments(self) -> list[bytes]:
        """Every segment taken in, oldest first."""
        found = sorted(
            (SegmentName.parse(path.name), path) for path in self._segments.glob("*/*.parquet")
        )
        self._paths = {name.sha256: path for name, path in found}
        return [name.sha256 for name, _ in found]

    def addresses_in(self, segment: bytes) -> set[bytes]:
        """The addresses with a statement in a segment."""
        path = self._path(segment)
        if path is None:
            return set()
        rows = pq.read_table(path, columns=["remote_address", "grade"])
        stated = rows.filter(pc.equal(rows["grade"].cast(pa.string()), Grade.STATED.value))
        return set(pc.unique(stated["remote_address"]).to_pylist())

    def sightings_of(self, addresses: Iterable[bytes]) -> Iterator[MaterialSighting]:
        """Every statement of an entry with a category at these addresses."""
        with self._open() as store:
            for some in _at_once(addresses):
                wanted = SightingFilter(addresses=some, grade=Grade.STATED)
                for found in store.rows(wanted):
                    for row in found.to_pylist():
                        if row["entry_id"] is not None and row["category"] is not None:
                            yield material_of(row)

    def appearances_of(self, user_ids: Iterable[UserId]) -> Iterator[Appearance]:
        """Where endpoints themselves spoke under these ids."""
        with self._open() as store:
            for some in _at_once(user_ids):
                known = {(user.kind, user.value): user for user in some}
                for row in store.ask(AppearancesOfUserIds(tuple(known))).to_pylist():
                    yield _appearance(known[row["kind"], row["value"]], row)

    def holders_of(self, entries: Iterable[int]) -> dict[int, int]:
        """At how many addresses each entry was stated, ever."""
        with self._open() as store:
            wanted = sorted(set(entries))
            found = dict.fromkeys(wanted, 0)
            for some in _at_once(wanted):
                for row in store.ask(SharersOfEntries(some)).to_pylist():
                    found[row["entry_id"]] = row["addresses"]
            return found

    def exchange(self, segment: bytes, position: int) -> bytes | None:
        """The raw exchange of one sighting."""
        path = self._path(segment)
        if path is None:
            return None
        rows = pq.read_table(path, columns=["exchange"])
        return rows["exchange"][position].as_py() if position < len(rows) else None

    def _path(self, segment: bytes) -> Path | None:
        # Retention may have moved what `segments` saw.
        known = self._paths.get(segment)
        if known is not None and known.exists():
            return known
        return next(self._segments.glob(f"*/*-{segment.hex()}.parquet"), None)


def _at_once(wanted: Iterable[_T]) -> Iterator[tuple[_T, ...]]:
    """Cut what is wanted into as much as one question names."""
    left = iter(wanted)
    while some := tuple(islice(left, MOST_AT_ONCE)):
        yield some


def material_of(row: dict[str, Any]) -> MaterialSighting:
    """Read one row of the store (sightings/columns.py, RESULT; Any: each column's own type)."""
    return MaterialSighting(
        sighting_id=UUID(bytes=row["sighting_id"]),
        address=row["remote_address"],
        port=row["remote_port"],
        port_is_source=row["port_kind"] == PortKind.SOURCE,
        network=row["network"],
        seen_at=instant(row["seen_at"]),
        clock_error_s=row["clock_error_s"],
        identifier_kind=row["identifier_kind"],
        identifier=row["identifier"],
        entry_id=row["entry_id"],
        category=row["category"],
        completeness=row["completeness"],
        role=Role(row["role"]),
        grade=Grade(row["grade"]),
        user_ids=tuple(
            UserId(one["kind"], one["value"], one["durable"]) for one in row["user_ids"]
        ),
        client=row["client"] or "",
        place=_place(row),
        segment=row["segment"],
        position=row["position"],
    )


def _appearance(user: UserId, row: dict[str, Any]) -> Appearance:
    """Read one row of `AppearancesOfUserIds`; the store keeps no coordinates."""
    place = None
    if row["country"]:
        place = InstallPlace(None, None, row["radius_km"] or 0.0, row["country"])
    at = instant(row["seen_at"])
    grade = Grade(row["grade"])
    return Appearance(user, row["remote_address"], row["remote_port"], at, grade, place)


def _place(row: dict[str, Any]) -> Place:
    """What the store says of the place; a store without places says nothing."""
    told = {
        field.name: row[field.name]
        for field in fields(Place)
        if field.name not in ("flags", "table") and row.get(field.name)
    }
    if row.get("place_table"):
        told["table"] = row["place_table"]
    flags = frozenset(map(Flag, row["flags"]))  # an unknown one is an error: none may be lost
    return Place(**told, flags=flags) if told or flags else NOWHERE
