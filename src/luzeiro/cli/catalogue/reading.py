"""`luzeiro catalogue list`, `show`, `votes`, `revisions`, `stats`: what is known, from whom."""

from dataclasses import asdict
from typing import Annotated

import typer

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.history import FileTold, file_named, file_told, revisions, votes_of
from luzeiro.catalogue.queries import listed
from luzeiro.catalogue.statistics import counts
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import current_home
from luzeiro.cli.output import Output, emit, instant
from luzeiro.observations.identifiers import Identifier, IdentifierKind

Form = Annotated[Output, typer.Option("--output", help="How to print.")]
Full = Annotated[
    bool, typer.Option("--full", help="Identifiers whole: they are locators, use with care.")
]
_BY_WIDTH = {
    32: (IdentifierKind.MD5, IdentifierKind.ED2K),
    40: (IdentifierKind.SHA1, IdentifierKind.BTIH, IdentifierKind.AICH),
    48: (IdentifierKind.TTH,),
    64: (IdentifierKind.SHA256, IdentifierKind.BTMH, IdentifierKind.PIECES_ROOT),
}  # hexadecimal characters
_VOTE_COLUMNS = (
    *("vote", "entry_id", "source", "authority", "category", "voted_on"),
    *("revision", "since", "withdrawn_by", "withdrawn_at", "list_sha256"),
)


def list_entries(output: Form = Output.TEXT, full: Full = False) -> None:
    """List the files. Text shows identifiers shortened."""
    home = current_home()
    whole = full or output is not Output.TEXT
    with open_catalogue(home.path):
        emit(
            (
                {
                    "entry_id": entry.entry_id,
                    "category": entry.category,
                    "sources": list(entry.sources),
                    "identifiers": [
                        str(name) if whole else name.shortened() for name in entry.identifiers
                    ],
                    "size_bytes": entry.size_bytes,
                    "added_at": entry.added_at,
                }
                for entry in listed()
            ),
            ("entry_id", "category", "sources", "identifiers", "size_bytes", "added_at"),
            output,
        )


def show(
    identifier: Annotated[
        str, typer.Argument(help="KIND:HEX, plain hexadecimal, or the number of an entry.")
    ],
    output: Form = Output.TEXT,
) -> None:
    """Show a file: each of its names and votes, from whom, since when, and what was taken back."""
    home = current_home()
    with open_catalogue(home.path):
        told = file_told(int(identifier)) if _is_entry(identifier) else _named(identifier)
        if output is Output.TEXT:
            _show(told)
        else:
            emit([_flat(told)], tuple(_flat(told)), output)


def votes(
    identifier: Annotated[str | None, typer.Argument(help="Of this file; as for 'show'.")] = None,
    source: Annotated[str | None, typer.Option(help="Of this source.")] = None,
    output: Form = Output.TEXT,
) -> None:
    """List the votes on a file, or of a source, those that were taken back too."""
    if (identifier is None) == (source is None):
        raise typer.BadParameter("name a file, or a source with --source")
    home = current_home()
    with open_catalogue(home.path):
        if source is not None:
            found = votes_of(source)
        else:
            assert identifier is not None
            file = file_told(int(identifier)) if _is_entry(identifier) else _named(identifier)
            found = iter(file.votes)
        emit(map(asdict, found), _VOTE_COLUMNS, output)


def list_revisions(output: Form = Output.TEXT) -> None:
    """List every change of the catalogue: who made it, when, from which file, to what effect."""
    home = current_home()
    columns = (
        *("revision", "kind", "source", "made_at", "made_by", "list_name", "added", "changed"),
        *("unchanged", "rejected", "queued", "undoes", "withdrawn_by", "reason", "list_sha256"),
    )
    with open_catalogue(home.path):
        emit(map(asdict, revisions()), columns, output)


def stats(output: Form = Output.TEXT) -> None:
    """Count what the catalogue holds."""
    home = current_home()
    with open_catalogue(home.path):
        emit(map(asdict, counts()), ("what", "of", "count"), output)


def identifiers_meant(text: str) -> list[Identifier]:
    """The identifiers that somebody can mean: KIND:HEX is one, plain hexadecimal may be several.

    Raises:
        CatalogueError: it is none.
    """
    kind, _, digest = text.rpartition(":")
    try:
        if kind:
            return [Identifier.from_hex(IdentifierKind(kind.lower()), digest)]
        return [Identifier.from_hex(one, digest) for one in _BY_WIDTH[len(digest)]]
    except (ValueError, KeyError):
        kinds = ", ".join(IdentifierKind)
        raise CatalogueError(
            f"{text[:80]!a} is no identifier: KIND:HEX, where KIND is one of {kinds}."
        ) from None


def _is_entry(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _named(text: str) -> FileTold:
    meant = identifiers_meant(text)
    for number, identifier in enumerate(meant, start=1):
        try:
            return file_named(identifier)
        except CatalogueError:
            if number == len(meant):
                raise
    raise AssertionError("an identifier means at least one")


def _show(told: FileTold) -> None:
    watched = "looked for" if told.watched else "not looked for"
    typer.echo(f"entry {told.entry_id}: {told.category or 'no category in force'}, {watched}")
    typer.echo(f"rule: {told.rule}")
    size = f"{told.size_bytes} bytes" if told.size_bytes is not None else "unknown"
    typer.echo(f"size: {size}")
    for name in told.names:
        gone = f", taken back by revision {name.withdrawn_by}" if name.withdrawn_by else ""
        typer.echo(
            f"name: {name.identifier} from {name.source}, revision {name.revision} "
            f"of {instant(name.since)}{gone}"
        )
    for vote in told.votes:
        gone = f", taken back by revision {vote.withdrawn_by}" if vote.withdrawn_by else ""
        authority = " (authority)" if vote.authority else ""
        typer.echo(
            f"vote {vote.vote}: {vote.source}{authority} says {vote.category}, revision "
            f"{vote.revision} of {instant(vote.since)}, list {vote.list_sha256}{gone}"
        )
    for infohash, index in told.torrents:
        typer.echo(f"torrent: {infohash}, file {index}")
    for merge, one, other in told.merges:
        typer.echo(f"merge {merge}: entries {one} and {other} are one file")


def _flat(told: FileTold) -> dict[str, object]:
    return {
        "entry_id": told.entry_id,
        "category": told.category,
        "watched": told.watched,
        "rule": told.rule,
        "size_bytes": told.size_bytes,
        "names": [{**asdict(name), "identifier": str(name.identifier)} for name in told.names],
        "votes": [asdict(vote) for vote in told.votes],
        "torrents": [{"infohash": one, "file_index": index} for one, index in told.torrents],
        "merges": [
            {"merge": merge, "one": one, "other": other} for merge, one, other in told.merges
        ],
    }
