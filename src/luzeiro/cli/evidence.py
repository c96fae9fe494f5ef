"""`luzeiro evidence`: packages for the other side, and the log that they rest on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from luzeiro.catalogue.queries import verdicts
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli import evidence_log
from luzeiro.cli.home import Home, current_home
from luzeiro.cli.intake import take_in
from luzeiro.cli.lead_evidence import (
    PURPOSE_MOST,
    LeadSelection,
    journal_package,
    report_of,
    select_lead,
)
from luzeiro.cli.sightings import as_address, as_moment, refused
from luzeiro.cli.store import open_store
from luzeiro.cli.watched import catalogue_lines
from luzeiro.collector.recorder import SOFTWARE
from luzeiro.evidence import durable
from luzeiro.evidence.verifier.notes import parse_checkpoint, parse_note
from luzeiro.hub.hub import Hub
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.segment import SegmentName, written
from luzeiro.package.age import encrypt_for
from luzeiro.package.gather import Gathered, Sources, gather
from luzeiro.package.make import Making, make_package
from luzeiro.sightings.filters import SightingFilter
from luzeiro.sightings.store import SightingStore

app = typer.Typer(help="Packages that can be checked alone, and the log.", no_args_is_help=True)
app.add_typer(evidence_log.app, name="log")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to go into a package: what meets any of these; or, of a lead, what is its own."""

    any_of: tuple[SightingFilter, ...]
    lead: LeadSelection | None = None


@app.command("package")
def package(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to; never over a file.")],
    address: Annotated[
        list[str] | None, typer.Option(help="All sightings of this address; repeatable.")
    ] = None,
    sighting: Annotated[
        list[UUID] | None, typer.Option(metavar="ID", help="This sighting; repeatable.")
    ] = None,
    lead: Annotated[
        UUID | None, typer.Option(metavar="ID", help="The statements that a lead rests on.")
    ] = None,
    purpose: Annotated[
        str, typer.Option(help="Why it is made: goes into the journal with --lead.")
    ] = "",
    report: Annotated[
        bool, typer.Option(help="With --lead: put the investigator's report in, as PDF/A and JSON.")
    ] = True,
    language: Annotated[
        str | None, typer.Option(help="Of the report: es, pt or en; else the country's own.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="WHEN", help="Seen then or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="WHEN", help="Seen before then.")] = None,
    error_rates: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Your own measured error rates (CSV)."),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="RECIPIENT", help="Encrypt for this age or SSH key; repeatable."),
    ] = None,
) -> None:
    """Make a package of sightings that the other side can check with Python alone.

    Exit status 2: nothing fits, the evidence is not whole, or the file is there already.
    """
    home = current_home()
    _check_target(out, purpose)
    asked = _asked(home, address or (), sighting or (), lead, since, until)
    extra: Mapping[str, bytes] = {}
    if asked.lead is not None and report:
        extra = report_of(home, asked.lead.lead, purpose=purpose, language=language)
    made, count = _make(home, asked, error_rates, extra)
    if to:
        made = encrypt_for(made, to)
    if asked.lead is not None:
        # Before it is written: no package of a lead may be there that the journal does not know.
        journal_package(
            home, asked.lead.lead, made, sightings=count, purpose=purpose, recipients=len(to or ())
        )
    durable.put(out, made)
    typer.echo(f"{out}: {count} sightings, {len(made)} bytes", err=True)
    if asked.lead is not None and count != asked.lead.sightings and not (since or until):
        typer.echo(
            f"The lead was built on {asked.lead.sightings} sightings: 'luzeiro leads build' brings "
            "it up to date.",
            err=True,
        )


def _check_target(out: Path, purpose: str) -> None:
    if out.exists():
        raise refused(f"--out: {out} is there already, and a package is never written over.")
    if not out.parent.is_dir():
        raise refused(f"--out: there is no folder {out.parent}.")
    if len(purpose) > PURPOSE_MOST:
        raise refused(f"--purpose: at most {PURPOSE_MOST} characters, got {len(purpose)}.")


def _make(
    home: Home, asked: _Asked, error_rates: Path | None, extra: Mapping[str, bytes]
) -> tuple[bytes, int]:
    """The package, and how many sightings it holds."""
    with open_store(home) as store:
        take_in(home, store)
        rows = list(_rows(store, asked.any_of, asked.lead))
        with closing(Hub(home.hub)) as hub:
            sources = Sources(hub.log, hub.ledger, lambda sha256: _path_of(home, store, sha256))
            gathered = gather(rows, sources)
            making = _making(home, gathered, asked, error_rates)
            made = make_package(gathered, making, hub.signer, extra_files=extra)
            return made, len(gathered.exhibits)


def _asked(
    home: Home,
    addresses: Sequence[str],
    sightings: Sequence[UUID],
    lead: UUID | None,
    since: str | None,
    until: str | None,
) -> _Asked:
    between = SightingFilter(
        since=as_moment(since, "--since") if since else None,
        until=as_moment(until, "--until") if until else None,
    )
    if lead is not None:
        if addresses or sightings:
            raise refused("--lead: a lead has its own address and sightings; name nothing else.")
        selection = select_lead(home, lead)
        return _Asked((_within(selection.wanted, between),), selection)
    any_of = [replace(between, addresses=(as_address(one, "--address"),)) for one in addresses]
    any_of += [replace(between, sighting_id=one) for one in sightings]
    if not any_of and since is None:
        raise refused(
            "name what to put into the package: --address, --sighting, --lead or --since."
        )
    return _Asked(tuple(any_of or [between]))


def _within(wanted: SightingFilter, between: SightingFilter) -> SightingFilter:
    """The same, not earlier and not later than either asks."""
    sinces = [one.since for one in (wanted, between) if one.since is not None]
    untils = [one.until for one in (wanted, between) if one.until is not None]
    return replace(wanted, since=max(sinces, default=None), until=min(untils, default=None))


def _rows(
    store: SightingStore, wanted: Iterable[SightingFilter], lead: LeadSelection | None
) -> Iterator[dict[str, Any]]:
    # Any: a row of the store, each column of its own type.
    seen: set[bytes] = set()
    for one in wanted:
        for batch in store.rows(one):
            for row in batch.to_pylist():
                others = lead is not None and row["entry_id"] not in lead.entries
                if not others and row["sighting_id"] not in seen:
                    seen.add(row["sighting_id"])
                    yield row


def _path_of(home: Home, store: SightingStore, sha256: bytes) -> Path | None:
    taken = store.taken(sha256)
    if taken is None:
        return None
    return home.segments / SegmentName.parse(taken.name).on.isoformat() / taken.name


def _making(home: Home, gathered: Gathered, asked: _Asked, error_rates: Path | None) -> Making:
    stamps, stamped = _stamps(home)
    with open_catalogue(home.path):
        lines = catalogue_lines(home, [one.row for one in gathered.exhibits], verdicts)
    return Making(
        made_at=written(datetime.now(UTC)),
        software=SOFTWARE,
        selection="; ".join(_told(one, asked.lead) for one in asked.any_of),
        catalogue=tuple(lines),
        error_rates=error_rates.read_bytes() if error_rates else None,
        witnesses=tuple(evidence_log.witnesses(home)),
        stamps=stamps,
        stamped=stamped,
    )


def _stamps(home: Home) -> tuple[Mapping[str, bytes], bytes | None]:
    """The newest stamped head and the stamps of it, if there are any."""
    heads = evidence_log.stamped_heads(home)
    if not heads:
        return {}, None
    head = max(heads, key=lambda one: parse_checkpoint(parse_note(one.read_bytes()).text).size)
    return {one.stem: one.read_bytes() for one in head.parent.glob("*.tsr")}, head.read_bytes()


def _told(wanted: SightingFilter, lead: LeadSelection | None) -> str:
    held = {
        "statements of lead": lead and lead.lead,
        "sighting": wanted.sighting_id,
        "address": wanted.addresses
        and ", ".join(Endpoint(one, 0).host for one in wanted.addresses),
        "since": wanted.since and written(wanted.since),
        "until": wanted.until and written(wanted.until),
    }
    return ", ".join(f"{name} {value}" for name, value in held.items() if value is not None)
