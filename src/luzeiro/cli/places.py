"""`luzeiro places`: which tables say where an address is, and what they say."""

from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import typer

from luzeiro.cli.home import Home, current_home
from luzeiro.cli.moments import parse_moment
from luzeiro.cli.output import Output, emit
from luzeiro.cli.progress import bar
from luzeiro.observations.batch import instant
from luzeiro.observations.endpoint import Endpoint
from luzeiro.places.errors import PlaceTableError
from luzeiro.places.flags import LISTED, Flag
from luzeiro.places.loading import (
    load_delegations,
    load_list,
    load_mmdb,
    looks_like_delegations,
    looks_like_mmdb,
)
from luzeiro.places.placing import Places
from luzeiro.places.tables import TableInfo, list_tables
from luzeiro.sightings.filters import microseconds

app = typer.Typer(
    help="Where addresses are: load tables, list them, look up.", no_args_is_help=True
)

_LIST_COLUMNS = (
    "kind", "name", "flag", "built_at", "in_force_from", "records", "networks", "licence",
    "file_name", "sha256",
)  # fmt: skip
_PLACE_COLUMNS = (
    "address", "country", "region", "city", "radius_km", "asn", "organisation", "second_country",
    "flags", "place_table", "place_built_at", "place_sha256",
)  # fmt: skip
OutputOption = Annotated[Output, typer.Option(help="For people, or one object a line, or CSV.")]
_ListFlag = StrEnum("_ListFlag", {flag.name: flag.value.replace(" ", "-") for flag in LISTED})  # type: ignore[misc] # one source for both


@app.command("load")
def load(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE")],
    flag: Annotated[
        _ListFlag | None,
        typer.Option(help="FILE is a list of networks, one a line, that are such."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN=PATH",
            help="Where a column stands in the records of a layout that is not known: "
            "country=geo.cc, region=subdivisions.0.iso_code. May be given several times.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="WHEN", help="In force from then; else when it was built."),
    ] = None,
    licence: Annotated[
        str, typer.Option(help="Under which licence you have it; else its publisher's usual one.")
    ] = "",
    output: OutputOption = Output.TEXT,
) -> None:
    """Load a MaxMind DB file, a registry's delegations, or a list of networks; .gz too.

    Sightings that are taken in from now on are placed by it. Exit status 2: the file is damaged or
    says nothing of places.
    """
    home, now = current_home(), datetime.now(UTC)
    in_force_from = _moment(since) if since else None
    try:
        if flag is not None:
            info = load_list(
                path,
                home.places,
                Flag[flag.name],
                now=now,
                in_force_from=in_force_from,
                licence=licence,
            )
        elif looks_like_mmdb(path):
            info = _load_mmdb(home, path, field or [], now, in_force_from, licence)
        elif looks_like_delegations(path):
            info = load_delegations(path, home.places, now=now, in_force_from=in_force_from)
        else:
            raise PlaceTableError(
                path,
                "it is neither a MaxMind DB file nor a registry's delegations (a list of networks "
                "needs --flag, which says what they are)",
            )
    except ValueError as error:
        raise _refused(f"--field: {error}.") from error
    emit([_listed(info)], _LIST_COLUMNS, output)
    typer.echo(f"Licence: {info.licence}.", err=True)


def _load_mmdb(
    home: Home, path: Path, own: list[str], now: datetime, since: datetime | None, licence: str
) -> TableInfo:
    pairs = dict(one.partition("=")[::2] for one in own)
    with bar(path.name, None) as step:
        return load_mmdb(
            path,
            home.places,
            now=now,
            in_force_from=since,
            own_paths=pairs,
            licence=licence,
            on_records=lambda _done, _all: step(1),
        )


@app.command("list")
def list_loaded(output: OutputOption = Output.TEXT) -> None:
    """List the tables that were loaded, with their licences, oldest first."""
    emit(map(_listed, list_tables(current_home().places)), _LIST_COLUMNS, output)


@app.command("lookup")
def look_up(
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...")],
    at: Annotated[
        str | None, typer.Option(metavar="WHEN", help="By the tables in force then; else now.")
    ] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Say where addresses are, and which table says so. Exit status 2: not an address."""
    places = Places.open(current_home().places)
    packed = b"".join(_packed(address) for address in addresses)
    when = _moment(at) if at else datetime.now(UTC)
    found = places.place(
        np.frombuffer(packed, np.uint8).reshape(-1, 16),
        np.full(len(addresses), microseconds(when)),
    )
    emit(_rows(addresses, found), _PLACE_COLUMNS, output)


def _rows(addresses: list[str], found: pa.Table) -> list[dict[str, Any]]:
    rows = []
    for address, row in zip(addresses, found.to_pylist(), strict=True):
        placed = bool(row["place_table"])
        rows.append(
            {
                **row,
                "address": address,
                "country": row["country"] or "unplaced",
                "asn": row["asn"] or None,
                "place_built_at": instant(row["place_built_at"]) if placed else None,
                "place_sha256": row["place_sha256"] if placed else None,
            }
        )
    return rows


def _listed(info: TableInfo) -> dict[str, object]:
    return asdict(info)


def _packed(text: str) -> bytes:
    try:
        return Endpoint.parse(str(ip_address(text)), 0).packed
    except ValueError as error:
        raise _refused(f"{text!r} is not an IPv4 or IPv6 address.") from error


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text, datetime.now(UTC))
    except ValueError as error:
        raise _refused(f"{error}.") from error


def _refused(told: str) -> typer.Exit:
    typer.echo(f"luzeiro: {told}", err=True)
    return typer.Exit(2)
