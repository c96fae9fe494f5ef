"""The tables that an installation has loaded: one folder each, compiled once, mapped ever after.

A folder is named by what the table is and the digest of the file that it came from::

    places/place-GeoLite2-City-0123456789abcdef/
        table.json      what it is, when it was built, from when on it is in force, its licence
        records.arrow   the distinct places that it knows
        *.npy           which of them each address has (lookup.py)
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from luzeiro.evidence.durable import lay_folder
from luzeiro.places.errors import PlaceTableError
from luzeiro.places.fields import RECORD
from luzeiro.places.lookup import AddressTable
from luzeiro.places.ranges import Ranges

_MANIFEST, _RECORDS = "table.json", "records.arrow"
_UNFINISHED = ".loading"


class Kind(StrEnum):
    """What a table is asked for."""

    PLACE = "place"  # country, region, city, radius
    ASN = "asn"  # network operator
    REGISTRY = "registry"  # the registries' country
    LIST = "list"  # a flag


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInfo:
    """What is known of a table. Tables of one `series` replace each other, by `in_force_from`."""

    kind: Kind
    name: str  # the type that the file states; of a registry or a list, whose or which
    flag: str  # of a list (flags.py); else ""
    built_at: datetime
    in_force_from: datetime
    loaded_at: datetime
    sha256: str  # of the file, hexadecimal
    file_name: str
    licence: str
    records: int
    networks: int

    @property
    def series(self) -> tuple[str, str]:
        """Which tables follow one another: one for places, one for ASNs, one a registry or list."""
        alone = self.kind in (Kind.PLACE, Kind.ASN)
        return (self.kind, "" if alone else f"{self.flag}/{self.name}")

    @property
    def folder_name(self) -> str:
        plain = re.sub(r"[^A-Za-z0-9]+", "-", self.name).strip("-")[:60]
        return f"{self.kind}-{plain}-{self.sha256[:16]}"


@dataclass(frozen=True, slots=True, eq=False)
class PlaceTable:
    """A loaded table: a row of `records` for each address."""

    info: TableInfo
    addresses: AddressTable
    records: pa.Table  # of fields.RECORD


def write_table(home: Path, info: TableInfo, ranges: Ranges, records: pa.Table) -> Path:
    """Compile a table into the home of tables; the same file again replaces itself.

    A crash leaves nothing that `read_tables` would take for a table.
    """
    lay_folder(home)
    unfinished = home / f"{info.folder_name}{_UNFINISHED}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    AddressTable.build(ranges).save(unfinished)
    with pa.ipc.new_file(str(unfinished / _RECORDS), RECORD) as writer:
        writer.write_table(records)
    told = {name: _told(value) for name, value in asdict(info).items()}
    (unfinished / _MANIFEST).write_text(json.dumps(told, indent=1) + "\n")
    for path in unfinished.iterdir():
        _sync(path)
    final = home / info.folder_name
    shutil.rmtree(final, ignore_errors=True)
    unfinished.rename(final)
    _sync(home)
    return final


def read_tables(home: Path) -> list[PlaceTable]:
    """Open every table, in the order in which they came into force.

    Raises:
        PlaceTableError: one is damaged.
    """
    return [read_table(home / info.folder_name, info) for info in list_tables(home)]


def list_tables(home: Path) -> list[TableInfo]:
    """What is known of every table, in the order in which they came into force.

    Raises:
        PlaceTableError: one is damaged.
    """
    found = [_info(path.parent) for path in home.glob(f"*/{_MANIFEST}") if not _is_unfinished(path)]
    return sorted(found, key=lambda info: (info.in_force_from, info.loaded_at, info.sha256))


def read_table(folder: Path, info: TableInfo) -> PlaceTable:
    """Open one table; its arrays are mapped."""
    try:
        with pa.memory_map(str(folder / _RECORDS)) as file:
            records = pa.ipc.open_file(file).read_all()
        return PlaceTable(info, AddressTable.load(folder), records)
    except (OSError, EOFError, ValueError, pa.ArrowException) as error:
        raise PlaceTableError(folder, f"its arrays cannot be read ({error})") from error


def distinct_records(
    ranges: Ranges, read: Callable[[int], Mapping[str, object]], on_record: Callable[[], object]
) -> tuple[Ranges, pa.Table]:
    """Read each distinct record of a file once; the ranges then name its row.

    Args:
        ranges: whose values are offsets, -1 for none.
        read: gives the row of `RECORD` at an offset.
        on_record: called for each.
    """
    offsets = np.unique(np.concatenate([ranges.v4_values, ranges.v6_values]))
    offsets = offsets[offsets >= 0]
    rows: list[Mapping[str, object]] = []
    row_of: dict[tuple[object, ...], int] = {}
    row_at = np.empty(len(offsets), np.int64)
    for place, offset in enumerate(offsets.tolist()):
        row = read(offset)
        key = tuple(row.values())
        if key not in row_of:  # other fields of the file may differ
            row_of[key] = len(rows)
            rows.append(row)
        row_at[place] = row_of[key]
        on_record()

    def to_rows(values: NDArray[np.int64]) -> NDArray[np.int64]:
        found = values >= 0
        out = np.full(len(values), -1, np.int64)
        out[found] = row_at[np.searchsorted(offsets, values[found])]
        return out

    return ranges.mapped(to_rows), pa.Table.from_pylist(rows, schema=RECORD)


def _told(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _info(folder: Path) -> TableInfo:
    try:
        told: dict[str, Any] = json.loads((folder / _MANIFEST).read_text())
        for name in ("built_at", "in_force_from", "loaded_at"):
            told[name] = datetime.fromisoformat(told[name]).astimezone(UTC)
        known = {field.name for field in fields(TableInfo)}
        return TableInfo(
            **{**{k: v for k, v in told.items() if k in known}, "kind": Kind(told["kind"])}
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise PlaceTableError(folder, f"its {_MANIFEST} cannot be read ({error})") from error


def _is_unfinished(manifest: Path) -> bool:
    return manifest.parent.name.endswith(_UNFINISHED)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
