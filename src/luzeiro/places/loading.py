"""From a publisher's file to a table: which kind it is, what it says, under which licence."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from luzeiro.places.errors import BrokenDataError, PlaceTableError
from luzeiro.places.fields import RECORD, FieldPaths
from luzeiro.places.flags import Flag
from luzeiro.places.lists import read_networks
from luzeiro.places.mmdb import MmdbFile
from luzeiro.places.networks import to_ranges
from luzeiro.places.registry import read_delegations
from luzeiro.places.tables import Kind, TableInfo, distinct_records, write_table

# What publishers' own pages say; the beginning of the type that a file states decides.
_LICENCES = (
    ("GeoLite2-", "GeoLite End User License Agreement (MaxMind): update within 30 days, attribute"),
    ("GeoIP", "MaxMind's commercial licence, as your contract has it"),
    ("DBIP-", 'DB-IP: Lite tables CC BY 4.0 (attribute "IP Geolocation by DB-IP"), else contract'),
    ("ipinfo", "IPinfo: free tables CC BY-SA 4.0, else as your contract has it"),
)
NOT_STATED = "not stated in the file: ask its publisher before you pass on what it says"


def load_mmdb(
    path: Path,
    home: Path,
    *,
    now: datetime,
    in_force_from: datetime | None = None,
    own_paths: Mapping[str, str] | None = None,
    licence: str = "",
    on_records: Callable[[int, int], object] = lambda _done, _all: None,
) -> TableInfo:
    """Compile a MaxMind DB file of places or of ASNs.

    Args:
        path: the file.
        home: where tables are kept.
        now: UTC.
        in_force_from: sightings from then on are placed by it; when it was built unless told.
        own_paths: where columns of `RECORD` stand, for layouts that nobody knows.
        licence: as the agency has it; the publisher's usual one unless told.
        on_records: hears how many records were read, of how many at most.

    Raises:
        PlaceTableError: the file is damaged, or says nothing of places nor of ASNs.
        ValueError: no such column in `own_paths`.
        OSError: it cannot be read.
    """
    reading = FieldPaths.of(own_paths or {})
    try:
        file = MmdbFile(_content(path))
        offsets = file.ranges()
        done = 0

        def read_one() -> None:
            nonlocal done
            done += 1
            on_records(done, done)

        ranges, records = distinct_records(
            offsets, lambda offset: reading.read(file.record(offset)), read_one
        )
    except BrokenDataError as error:
        raise PlaceTableError(path, str(error)) from error
    info = TableInfo(
        kind=_kind_of(records, path),
        name=file.metadata.database_type,
        flag="",
        built_at=file.metadata.built_at,
        in_force_from=in_force_from or file.metadata.built_at,
        loaded_at=now,
        sha256=file.sha256.hex(),
        file_name=path.name,
        licence=licence or licence_of(file.metadata.database_type),
        records=len(records),
        networks=len(ranges.v4_starts) + len(ranges.v6_starts),
    )
    write_table(home, info, ranges, records)
    return info


def load_delegations(
    path: Path, home: Path, *, now: datetime, in_force_from: datetime | None = None
) -> TableInfo:
    """Compile one registry's statistics.

    Raises:
        PlaceTableError: the file is damaged, or no such statistics.
        OSError: it cannot be read.
    """
    sealed = _content(path)
    try:
        told = read_delegations(_text(sealed))
        ranges = to_ranges(told.networks)
    except BrokenDataError as error:
        raise PlaceTableError(path, str(error)) from error
    info = TableInfo(
        kind=Kind.REGISTRY,
        name=told.registry,
        flag="",
        built_at=told.built_at,
        in_force_from=in_force_from or told.built_at,
        loaded_at=now,
        sha256=hashlib.sha256(sealed).hexdigest(),
        file_name=path.name,
        licence="published by the registries for use by anybody, as it is",
        records=len(told.countries),
        networks=len(told.networks),
    )
    records = [{**_NOTHING, "country": country} for country in told.countries]
    write_table(home, info, ranges, pa.Table.from_pylist(records, schema=RECORD))
    return info


def load_list(
    path: Path,
    home: Path,
    flag: Flag,
    *,
    now: datetime,
    in_force_from: datetime | None = None,
    licence: str = "",
) -> TableInfo:
    """Compile a list of networks that carry a flag.

    Raises:
        PlaceTableError: a line is no network.
        OSError: it cannot be read.
    """
    sealed = _content(path)
    try:
        networks = read_networks(_text(sealed))
    except BrokenDataError as error:
        raise PlaceTableError(path, str(error)) from error
    info = TableInfo(
        kind=Kind.LIST,
        name=path.name.partition(".")[0],
        flag=flag,
        built_at=now,
        in_force_from=in_force_from or now,
        loaded_at=now,
        sha256=hashlib.sha256(sealed).hexdigest(),
        file_name=path.name,
        licence=licence or "the agency's own",
        records=1,
        networks=len(networks),
    )
    write_table(home, info, to_ranges(networks), pa.Table.from_pylist([_NOTHING], schema=RECORD))
    return info


def looks_like_mmdb(path: Path) -> bool:
    """Whether a file is to be read as a MaxMind DB file: by its name, else by its bytes."""
    return path.name.endswith((".mmdb", ".mmdb.gz")) or b"\0" in _content(path)[:4096]


def looks_like_delegations(path: Path) -> bool:
    """Whether a file is a registry's: its first line that is no comment has six bars."""
    head = _content(path)[:65536].decode("utf-8", "replace").splitlines()
    first = next((line for line in head if line and not line.startswith("#")), "")
    return first.count("|") == 6 and first.startswith("2")


def licence_of(database_type: str) -> str:
    """Under which licence a table of this type usually is."""
    for begins, told in _LICENCES:
        if database_type.lower().startswith(begins.lower()):
            return told
    return NOT_STATED


_NOTHING: dict[str, object] = {
    "country": "",
    "region": "",
    "city": "",
    "radius_km": None,
    "asn": 0,
    "organisation": "",
}


def _kind_of(records: pa.Table, path: Path) -> Kind:
    if any(records["country"].to_pylist()):
        return Kind.PLACE
    if any(records["asn"].to_pylist()):
        return Kind.ASN
    raise PlaceTableError(
        path,
        "none of its records has a country or an ASN where one was looked for: say where they "
        "stand (--field country=...), if it has them at all",
    )


def _content(path: Path) -> bytes:
    sealed = path.read_bytes()
    if sealed[:2] != b"\x1f\x8b":
        return sealed
    try:
        return gzip.decompress(sealed)
    except (OSError, EOFError, ValueError) as error:
        raise PlaceTableError(path, f"it is damaged gzip ({error})") from error


def _text(sealed: bytes) -> str:
    try:
        return sealed.decode()
    except UnicodeDecodeError as error:
        raise BrokenDataError(f"it is not text (byte {error.start})") from error
