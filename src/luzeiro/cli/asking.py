"""`luzeiro sightings ask`: the named questions of the store, one command each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, TypeVar
from uuid import UUID

import pyarrow as pa
import typer

from luzeiro.cli.home import current_home
from luzeiro.cli.output import Output, emit
from luzeiro.cli.sightings import (
    OutputOption,
    Since,
    Until,
    as_address,
    as_code,
    as_identifier,
    as_moment,
    asked_store,
    refused,
)
from luzeiro.observations.batch import instant
from luzeiro.observations.endpoint import Endpoint
from luzeiro.sightings.questions import (
    MOST_AT_ONCE,
    AddressesOfIdentifier,
    AddressesPerCountryAndDay,
    AddressInWindow,
    AppearancesOfUserIds,
    CountsByHour,
    CoverageByCollector,
    NewInSegments,
    Question,
    RegionRanking,
    RestingOn,
    SharersOfEntries,
    SpellsOfActivity,
    UserIdAcrossAddresses,
    UserIdsOfAddress,
    Window,
)
from luzeiro.sightings.sql_store import SqlStore

app = typer.Typer(
    help="Ask the store one of its named questions; exact, and the same on every engine.",
    no_args_is_help=True,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHA256_BYTES = 32
_Asked = TypeVar("_Asked")
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="IPv4 or IPv6.")]
Entries = Annotated[list[int], typer.Argument(min=0, metavar="ENTRY...", help="Of the catalogue.")]
IdKind = Annotated[str, typer.Argument(metavar="KIND", help="user_hash, guid, peer_id, …")]
IdBytes = Annotated[str, typer.Argument(metavar="HEX", help="The id's bytes.")]
Country = Annotated[str | None, typer.Option(metavar="XX", help="In this country: ISO 3166-1.")]


@app.command("region-ranking")
def region_ranking(
    country: Annotated[str, typer.Argument(metavar="XX", help="ISO 3166-1 alpha-2.")],
    region: Annotated[
        str | None, typer.Option(metavar="XX-YYY", help="Only this region: ISO 3166-2.")
    ] = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many addresses.")] = 100,
    output: OutputOption = Output.TEXT,
) -> None:
    """The addresses of a country or region, those with most stated entries first."""
    code = as_code(country, "XX", region=False)
    assert code is not None
    within = as_code(region, "--region", region=True)
    _answer(RegionRanking(code, within, _window(since, until), limit), output)


@app.command("address")
def address_in_window(
    address: Address,
    since: Since = None,
    until: Until = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Every sighting at one address, oldest first."""
    _answer(AddressInWindow(as_address(address, "ADDRESS"), _window(since, until)), output)


@app.command("user-id")
def user_id_across_addresses(
    kind: IdKind,
    value: IdBytes,
    since: Since = None,
    until: Until = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """The addresses at which one user id was seen: an installation that moves, or a clone."""
    asked = UserIdAcrossAddresses(kind, _digits(value, "HEX"), _window(since, until))
    _answer(asked, output)


@app.command("appearances")
def appearances_of_user_id(
    kind: IdKind,
    value: IdBytes,
    limit: Annotated[int, typer.Option(min=1, help="At most so many sightings.")] = 1_000,
    output: OutputOption = Output.TEXT,
) -> None:
    """Each sighting in which an endpoint itself spoke under a user id, the newest first."""
    _answer(AppearancesOfUserIds(((kind, _digits(value, "HEX")),), limit), output)


@app.command("user-ids-of")
def user_ids_of_address(
    address: Address,
    since: Since = None,
    until: Until = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """The user ids that were seen at one address."""
    _answer(UserIdsOfAddress(as_address(address, "ADDRESS"), _window(since, until)), output)


@app.command("identifier")
def addresses_of_identifier(
    identifier: Annotated[str, typer.Argument(metavar="KIND:HEX", help="btih:0123…")],
    file: Annotated[
        int | None, typer.Option(min=0, help="Of a torrent: only the file at this place.")
    ] = None,
    since: Since = None,
    until: Until = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """The addresses that were seen with an identifier."""
    wanted = as_identifier(identifier, "KIND:HEX")
    _answer(AddressesOfIdentifier(wanted, file, _window(since, until)), output)


@app.command("country-days")
def addresses_per_country_and_day(
    since: Since = None, until: Until = None, output: OutputOption = Output.TEXT
) -> None:
    """How many distinct addresses each country had on each UTC day."""
    _answer(AddressesPerCountryAndDay(_window(since, until)), output)


@app.command("hours")
def counts_by_hour(
    country: Country = None,
    since: Since = None,
    until: Until = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """How many sightings each hour had."""
    code = as_code(country, "--country", region=False)
    _answer(CountsByHour(code, _window(since, until)), output)


@app.command("spells")
def spells_of_activity(
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...")],
    silence: Annotated[
        float, typer.Option(min=1, metavar="HOURS", help="So long a silence ends a spell.")
    ] = 24.0,
    since: Since = None,
    until: Until = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """When each address was active: its sightings, split where it was silent."""
    some = tuple(as_address(one, "ADDRESS") for one in _few(addresses))
    asked = SpellsOfActivity(some, timedelta(hours=silence), _window(since, until))
    _answer(asked, output, lambda store: store.spells(asked))


@app.command("new")
def new_in_segments(
    segments: Annotated[
        list[str] | None, typer.Argument(metavar="[SHA256...]", help="Of the segments' files.")
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(metavar="SHA256", help="Of all segments that were taken in after this one."),
    ] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """The addresses that some segments brought news of.

    With --after it is about the first 1000 of them; stderr says if there are more, and how to go
    on.
    """
    if (after is None) == (not segments):
        raise refused("name segments by their SHA-256, or one with --after; one of the two.")
    named = tuple(_sha256(one, "SHA256") for one in _few(segments or []))
    last = None if after is None else _sha256(after, "--after")

    def ask(store: SqlStore) -> pa.Table:
        wanted = named
        if last is not None:
            lines = store.taken_after(last, limit=MOST_AT_ONCE + 1)
            wanted = tuple(line.sha256 for line in lines[:MOST_AT_ONCE])
            if len(lines) > MOST_AT_ONCE:
                told = f"There are more; go on with --after {wanted[-1].hex()}"
                typer.echo(told, err=True)
        return store.ask(NewInSegments(wanted))

    _answer(NewInSegments(named), output, ask)


@app.command("coverage")
def coverage_by_collector(
    since: Since = None, until: Until = None, output: OutputOption = Output.TEXT
) -> None:
    """What each collector saw on each network and UTC day."""
    _answer(CoverageByCollector(_window(since, until)), output)


@app.command("recall")
def resting_on(
    entries: Entries,
    from_revision: Annotated[
        int | None, typer.Option(min=0, help="Taken in under this revision or a later one.")
    ] = None,
    before_revision: Annotated[
        int | None, typer.Option(min=0, help="Taken in under an earlier revision than this.")
    ] = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """Every sighting that rests on the votes for some entries."""
    _answer(RestingOn(tuple(_few(entries)), from_revision, before_revision), output)


@app.command("sharers")
def sharers_of_entries(
    entries: Entries,
    since: Since = None,
    until: Until = None,
    output: OutputOption = Output.TEXT,
) -> None:
    """How many addresses stated each entry."""
    _answer(SharersOfEntries(tuple(_few(entries)), _window(since, until)), output)


def _answer(
    question: Question,
    output: Output,
    ask: Callable[[SqlStore], pa.Table] | None = None,
) -> None:
    with asked_store(current_home()) as store:
        found = store.ask(question) if ask is None else ask(store)
    emit(as_rows(found), question.answer.names, output)


def as_rows(found: pa.Table) -> Iterator[Mapping[str, object]]:
    """An answer's rows with addresses, ids, instants, hours and days as everybody writes them."""
    for row in found.to_pylist():
        yield {name: _WRITTEN.get(name, _as_is)(value) for name, value in row.items()}


def _as_is(value: object) -> object:
    return value


# By the column's name, which says the same in every answer. Any: of the column's own type.
_WRITTEN: dict[str, Callable[[Any], object]] = {
    "remote_address": lambda packed: Endpoint(packed, 0).host,
    "sighting_id": lambda raw: UUID(bytes=raw),
    "collector": lambda raw: UUID(bytes=raw),
    "seen_at": instant,
    "first_seen_at": instant,
    "last_seen_at": instant,
    "hour": lambda number: _EPOCH + timedelta(hours=number),
    "day": lambda number: date(1970, 1, 1) + timedelta(days=number),
    "durable": bool,
}


def _window(since: str | None, until: str | None) -> Window:
    return Window(
        since=as_moment(since, "--since") if since else None,
        until=as_moment(until, "--until") if until else None,
    )


def _few(some: Sequence[_Asked]) -> Sequence[_Asked]:
    if len(some) > MOST_AT_ONCE:
        raise refused(f"{len(some)} are too many for one question: at most {MOST_AT_ONCE}.")
    return some


def _digits(text: str, what: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise refused(f"{what}: {text!r} is not hexadecimal, two digits a byte.") from error


def _sha256(text: str, what: str) -> bytes:
    value = _digits(text, what)
    if len(value) != _SHA256_BYTES:
        raise refused(f"{what}: a SHA-256 has 64 hexadecimal digits, this has {len(text)}.")
    return value
