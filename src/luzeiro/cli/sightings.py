"""`luzeiro sightings`: what was seen, by whom it was told, and how much it is worth.

Each command first takes in what waits in the spool. It works beside a collector: whoever needs the
store waits for the other.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from luzeiro.cli.home import Home, current_home
from luzeiro.cli.intake import take_in
from luzeiro.cli.moments import parse_moment
from luzeiro.cli.output import Output, emit
from luzeiro.cli.rows import COLUMNS, SCREEN_COLUMNS, screen_row, sighting_rows
from luzeiro.cli.store import open_store
from luzeiro.cli.transcript import transcript_lines, transcript_rows
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Grade
from luzeiro.observations.identifiers import Identifier, IdentifierKind
from luzeiro.observations.segment import DamagedSegmentError, SegmentName, read
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.sql_store import SqlStore
from luzeiro.sightings.store import By, SightingStore, StoreError

app = typer.Typer(help="What was seen: list, count, show.", no_args_is_help=True)

_SCREENFUL = 100
_COUNTRY, _REGION = re.compile(r"[A-Z]{2}"), re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).date()

GradeOption = Annotated[
    Grade | None, typer.Option(help="This grade or a stronger one: heard < reached < stated < …")
]
Since = Annotated[
    str | None, typer.Option(metavar="WHEN", help="Seen then or later: 2026-03-04, 2h, 3d.")
]
Until = Annotated[str | None, typer.Option(metavar="WHEN", help="Seen before then.")]
Address = Annotated[str | None, typer.Option(help="Seen at this IPv4 or IPv6 address.")]
IdentifierOption = Annotated[
    str | None,
    typer.Option("--identifier", metavar="KIND:HEX", help="Of this identifier: btih:0123…"),
]
Entry = Annotated[int | None, typer.Option(min=0, help="Of this entry of the catalogue.")]
Country = Annotated[
    str | None, typer.Option(metavar="XX", help="Placed in this country: ISO 3166-1 alpha-2.")
]
Region = Annotated[
    str | None, typer.Option(metavar="XX-YYY", help="Placed in this region: ISO 3166-2.")
]
OutputOption = Annotated[Output, typer.Option(help="For people, or one object a line, or CSV.")]


@contextmanager
def asked_store(home: Home) -> Iterator[SqlStore]:
    """Open the store to be asked, what waits in the spool taken in.

    On a cluster that may answer without a shard that is down, stderr says so, last.
    """
    with open_store(home, partly=True) as store:
        if store.lacks:
            typer.echo("luzeiro: What waits in the spool goes on waiting.", err=True)
        else:
            take_in(home, store)
        yield store


@app.command("list")
def list_sightings(
    grade: GradeOption = None,
    since: Since = None,
    until: Until = None,
    address: Address = None,
    identifier: IdentifierOption = None,
    entry: Entry = None,
    country: Country = None,
    region: Region = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help=f"At most so many, the newest. Text: {_SCREENFUL} unless told."),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="In text, show whole identifiers: they are locators.")
    ] = False,
    output: OutputOption = Output.TEXT,
) -> None:
    """List sightings, newest first.

    Exit status 0, also where there is none; 2: a bad option, no home, or the store is in use.
    """
    home = current_home()
    wanted = _filter(grade, since, until, address, identifier, entry, country, region)
    with asked_store(home) as store:
        if output is not Output.TEXT:
            emit(_rows(store, wanted, limit), COLUMNS, output)
            return
        shown = limit or _SCREENFUL
        # One more than is shown, to know whether that is all.
        found = [screen_row(row, full=full) for row in _rows(store, wanted, shown + 1)]
    emit(found[:shown], SCREEN_COLUMNS, output)
    if len(found) > shown:
        typer.echo(f"The newest {shown} are shown; for more use --limit or a filter.", err=True)


@app.command("count")
def count_sightings(
    grade: GradeOption = None,
    since: Since = None,
    until: Until = None,
    address: Address = None,
    identifier: IdentifierOption = None,
    entry: Entry = None,
    country: Country = None,
    region: Region = None,
    by: Annotated[By | None, typer.Option(help="A count for each grade, client or day.")] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Count sightings, and the distinct addresses they were at.

    Exit status 0, also where there is none; 2: a bad option, no home, or the store is in use.
    """
    home = current_home()
    wanted = _filter(grade, since, until, address, identifier, entry, country, region)
    with asked_store(home) as store:
        found = store.count(wanted) if by is None else store.count_by(wanted, by)
    columns = ("sightings", "addresses") if by is None else (by.value, "sightings", "addresses")
    rows = found.to_pylist()
    for row in rows:
        if by is By.DAY:
            row["day"] = _EPOCH_DAY + timedelta(days=row["day"])
    emit(rows, columns, output)


class _ShowOutput(StrEnum):
    TEXT = "text"
    JSON = "json"


@app.command("show")
def show_sighting(
    sighting_id: Annotated[UUID, typer.Argument(metavar="SIGHTING_ID")],
    full: Annotated[
        bool, typer.Option("--full", help="In text, show the whole identifier: it is a locator.")
    ] = False,
    output: Annotated[
        _ShowOutput, typer.Option(help="For people, or one JSON object.")
    ] = _ShowOutput.TEXT,
) -> None:
    """Show one sighting whole, with every byte that was sent and received.

    Exit status 1: there is none of that id. 2: a bad option, no home, the store is in use, or the
    segment that holds the bytes is missing or damaged.
    """
    home = current_home()
    with asked_store(home) as store:
        found = list(_rows(store, SightingFilter(sighting_id=sighting_id), 1))
        if not found:
            typer.echo(f"luzeiro: there is no sighting {sighting_id} in {home.path}.", err=True)
            raise typer.Exit(1)
        path = _segment_path(home, store, found[0])
    exchange = _exchange(path, found[0])
    if output is _ShowOutput.JSON:
        shown = {**found[0], "exchange": transcript_rows(exchange)}
        emit([shown], (*COLUMNS, "exchange"), Output.JSON)
    else:
        _show_text(found[0], exchange, full=full)


def _filter(
    grade: Grade | None,
    since: str | None,
    until: str | None,
    address: str | None,
    identifier: str | None,
    entry: int | None,
    country: str | None,
    region: str | None,
) -> SightingFilter:
    return SightingFilter(
        grade=grade,
        since=as_moment(since, "--since") if since else None,
        until=as_moment(until, "--until") if until else None,
        addresses=(as_address(address, "--address"),) if address else None,
        identifier=as_identifier(identifier, "--identifier") if identifier else None,
        entry_id=entry,
        country=as_code(country, "--country", region=False),
        region=as_code(region, "--region", region=True),
    )


def as_moment(text: str, option: str) -> datetime:
    """Read a moment, or refuse it by its option."""
    try:
        return parse_moment(text, datetime.now(UTC))
    except ValueError as error:
        raise refused(f"{option}: {error}.") from error


def as_address(text: str, option: str) -> bytes:
    """Read an address, or refuse it by its option."""
    try:
        return Endpoint.parse(str(ip_address(text)), 0).packed
    except ValueError as error:
        raise refused(f"{option}: {text!r} is not an IPv4 or IPv6 address.") from error


def as_code(text: str | None, option: str, *, region: bool) -> str | None:
    """Read a country's or a region's code, or refuse it by its option."""
    form = _REGION if region else _COUNTRY
    if text is None or form.fullmatch(text.upper()):
        return text and text.upper()
    raise refused(f"{option}: {text!r} is no ISO 3166 code such as AR or AR-B.")


def as_identifier(text: str, option: str) -> Identifier:
    """Read KIND:HEX, or refuse it by its option."""
    kind, _, digest = text.partition(":")
    try:
        return Identifier.from_hex(IdentifierKind(kind), digest)
    except ValueError as error:
        kinds = ", ".join(IdentifierKind)
        raise refused(
            f"{option}: {text!r} is not KIND:HEX, with a kind of {kinds} and all its digits."
        ) from error


def refused(told: str) -> typer.Exit:
    """Say why on stderr; to be raised."""
    typer.echo(f"luzeiro: {told}", err=True)
    return typer.Exit(2)


def _rows(
    store: SightingStore, wanted: SightingFilter, limit: int | None
) -> Iterator[dict[str, object]]:
    for batch in store.rows(wanted, limit=limit):
        yield from sighting_rows(batch)


def _segment_path(home: Home, store: SightingStore, row: Mapping[str, Any]) -> Path:
    taken = store.taken(row["segment"])
    if taken is None:
        raise StoreError(f"The store does not say in which segment {row['sighting_id']} is.")
    return home.segments / SegmentName.parse(taken.name).on.isoformat() / taken.name


def _exchange(path: Path, row: Mapping[str, Any]) -> bytes:
    """Read the raw exchange of a row from its segment, checking both."""
    try:
        exchange: bytes = read(path)["exchange"][row["position"]].as_py()
    except (OSError, DamagedSegmentError) as error:
        raise StoreError(
            f"The segment {path} cannot be read ({error}). The bytes are in it alone: "
            "restore it from a backup, or from the collector."
        ) from error
    return exchange


def _show_text(row: Mapping[str, Any], exchange: bytes, *, full: bool) -> None:
    shown = {**row, **screen_row(row, full=full)}
    shown["seen_at"] = row["seen_at"]
    shown["country"] = row["country"] or "unplaced"
    lines = [(name, shown[name]) for name in _SHOWN if shown[name] is not None]
    lines += [(name, shown[name]) for name in _SHOWN_IF_KNOWN if shown[name]]
    emit(
        [{"what": name.replace("_", " "), "told": told} for name, told in lines],
        ("what", "told"),
        Output.TEXT,
    )
    for line in transcript_lines(exchange):
        typer.echo(line)


# What `show` says beside the transcript.
_SHOWN = (
    "sighting_id", "network", "remote", "port_kind", "opened_by", "own_address", "own_port",
    "started_at", "seen_at", "clock_error_s", "clock_source", "file", "entry_id", "category",
    "rule", "list_revision", "votes", "size_bytes", "name", "completeness", "role", "user_ids",
    "client", "told_by", "grade", "control", "doubts", "raw_sha256", "collector", "software",
    "configuration_sha256", "watch_revision", "segment", "position", "country",
)  # fmt: skip
_SHOWN_IF_KNOWN = (
    "region", "city", "radius_km", "asn", "organisation", "second_country", "flags",
    "place_table", "place_built_at",
)  # fmt: skip
