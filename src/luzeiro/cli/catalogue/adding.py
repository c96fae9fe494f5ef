"""`luzeiro catalogue add`: torrents and links by hand."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.catalogue.importing import Import, Row, import_rows
from luzeiro.catalogue.lists.links import read_link
from luzeiro.catalogue.readers.errors import FieldError
from luzeiro.catalogue.rows import RejectedRow
from luzeiro.catalogue.store import open_catalogue
from luzeiro.catalogue.torrents import mapped_files
from luzeiro.cli.catalogue.indexing import refresh_indexes
from luzeiro.cli.catalogue.options import Authority, Scheme, Source, Who, who
from luzeiro.cli.catalogue.outcomes import tell
from luzeiro.cli.catalogue.torrent_files import read_torrent
from luzeiro.cli.home import current_home


def add(
    what: Annotated[list[str], typer.Argument(metavar="FILE.torrent|LINK...")],
    source: Source,
    category: Annotated[str, typer.Option(help="What the source says that the files are.")],
    scheme: Scheme = "interpol-baseline",
    authority: Authority = False,
    file: Annotated[
        list[int] | None, typer.Option(min=0, help="Which file of the torrent, from 0; repeatable.")
    ] = None,
    all_files: Annotated[
        bool, typer.Option("--all-files", help="Every file of the torrent is categorised.")
    ] = False,
    voted_on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="The source's own date.")
    ] = None,
    made_by: Who = None,
) -> None:
    """Add torrents, magnet links or ed2k links. Exit status 1: something was rejected."""
    home, rejected = current_home(), 0
    with open_catalogue(home.path):
        for one in what:
            data, rows = _rows_of(one, file or [], everything=all_files)
            outcome = import_rows(
                rows,
                Import(
                    source=source,
                    authority=authority,
                    scheme=scheme,
                    label=category,
                    voted_on=voted_on.date() if voted_on else None,
                    list_name=Path(one).name if data is not None else "a link",
                    list_sha256=hashlib.sha256(data or one.encode()).hexdigest(),
                    at=datetime.now(UTC),
                    by=who(made_by),
                ),
            )
            tell(one if data is not None else "link", outcome)
            rejected += outcome.counts["rejected"]
        refresh_indexes(home)
    raise typer.Exit(1 if rejected else 0)


def _rows_of(
    one: str, wanted: list[int], *, everything: bool
) -> tuple[bytes | None, Iterable[Row]]:
    """Read an argument: a .torrent file, or a link."""
    if one[:8].lower() == "magnet:?" or one[:7].lower() == "ed2k://":
        try:
            return None, [read_link(one, "the link")]
        except FieldError as error:
            return None, [RejectedRow("the link", str(error))]
    data, torrent = read_torrent(Path(one))
    return data, mapped_files(torrent, wanted, everything=everything)
