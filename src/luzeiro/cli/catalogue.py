"""`luzeiro catalogue`: whose word says that a file is what it is."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.importing import Import, Outcome, Row, import_rows
from luzeiro.catalogue.lists.detect import NAMES, read_list
from luzeiro.catalogue.lists.links import read_link
from luzeiro.catalogue.queries import listed
from luzeiro.catalogue.readers.column_map import read_column_map
from luzeiro.catalogue.readers.errors import FieldError
from luzeiro.catalogue.rows import RejectedRow
from luzeiro.catalogue.store import open_catalogue
from luzeiro.catalogue.torrents import mapped_files
from luzeiro.cli.home import current_home
from luzeiro.cli.output import Output, emit
from luzeiro.networks.bittorrent.wire.metainfo import parse_torrent
from luzeiro.networks.kit.errors import WireError

app = typer.Typer(help="Categorised files: who vouches for them, and since when.")

Source = Annotated[str, typer.Option(help="Whose word it is: INTERPOL, a unit, a hotline.")]
Category = Annotated[str | None, typer.Option(help="The category, where the list has none.")]
Scheme = Annotated[str, typer.Option(help="Which scheme the category is in.")]
Authority = Annotated[
    bool, typer.Option("--authority", help="The source is a designated authority: it counts alone.")
]
_BAD_REJECTED_SHOWN = 20


@app.command("add")
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
                ),
            )
            _tell(one if data is not None else "link", outcome)
            rejected += len(outcome.rejected)
    raise typer.Exit(1 if rejected else 0)


@app.command("import")
def import_list(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", exists=True)],
    source: Source,
    category: Category = None,
    scheme: Scheme = "interpol-baseline",
    authority: Authority = False,
    form: Annotated[
        str | None,
        typer.Option("--format", help=f"One of: {', '.join(NAMES)}; else it is detected."),
    ] = None,
    columns: Annotated[
        Path | None, typer.Option("--map", exists=True, dir_okay=False, help="A column map (TOML).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check; change nothing.")
    ] = False,
) -> None:
    """Take in lists, each as one revision. Exit status 1: some rows were rejected."""
    if form is not None and form not in NAMES:
        raise typer.BadParameter(f"the formats are {', '.join(NAMES)}", param_hint="--format")
    home, rejected = current_home(), 0
    column_map = read_column_map(columns.read_bytes(), name=str(columns)) if columns else None
    with open_catalogue(home.path):
        for path in _lists(files):
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
                stream.seek(0)
                rows: Iterable[Row] = (
                    _torrent_rows(path, [], everything=False)[1]
                    if path.suffix == ".torrent"
                    else read_list(stream, name=form, columns=column_map)
                )
                what = Import(
                    source=source,
                    authority=authority,
                    scheme=scheme,
                    label=category,
                    list_name=path.name,
                    list_sha256=sha256,
                    at=datetime.now(UTC),
                )
                outcome = import_rows(rows, what, dry_run=dry_run)
            _tell(str(path), outcome)
            _keep_rejected(path, outcome.rejected)
            rejected += len(outcome.rejected)
    raise typer.Exit(1 if rejected else 0)


@app.command("list")
def list_entries(
    output: Annotated[Output, typer.Option(help="How to print.")] = Output.TEXT,
    full: Annotated[
        bool, typer.Option("--full", help="Identifiers whole: they are locators, use with care.")
    ] = False,
) -> None:
    """List the entries. Text shows identifiers shortened."""
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


def _rows_of(
    one: str, wanted: list[int], *, everything: bool
) -> tuple[bytes | None, Iterable[Row]]:
    """Read an argument of `add`: a .torrent file, or a link."""
    if one[:8].lower() == "magnet:?" or one[:7].lower() == "ed2k://":
        try:
            return None, [read_link(one, "the link")]
        except FieldError as error:
            return None, [RejectedRow("the link", str(error))]
    return _torrent_rows(Path(one), wanted, everything=everything)


def _torrent_rows(
    path: Path, wanted: list[int], *, everything: bool
) -> tuple[bytes, Iterator[Row]]:
    """Read a .torrent file.

    Raises:
        CatalogueError: it cannot be read, or it must be said which of its files are meant.
    """
    try:
        data = path.read_bytes()
        torrent = parse_torrent(data)
    except OSError as error:
        raise CatalogueError(
            f"{path}: {error.strerror}. Name a .torrent file or a link."
        ) from error
    except WireError as error:
        raise CatalogueError(f"{path} is not a torrent file, or is damaged: {error}.") from error
    return data, mapped_files(torrent, wanted, everything=everything)


def _lists(paths: Iterable[Path]) -> Iterator[Path]:
    """Give files; of a folder, the .torrent files in it."""
    for path in paths:
        yield from sorted(path.rglob("*.torrent")) if path.is_dir() else (path,)


def _tell(name: str, outcome: Outcome) -> None:
    for rejected in outcome.rejected[:_BAD_REJECTED_SHOWN]:
        typer.echo(f"{name}:{rejected.at.removeprefix('line ')}: {rejected.why}", err=True)
    if len(outcome.rejected) > _BAD_REJECTED_SHOWN:
        typer.echo(f"{name}: {len(outcome.rejected) - _BAD_REJECTED_SHOWN} more", err=True)
    counts = outcome.counts
    kept = "a dry run" if outcome.revision is None else f"revision {outcome.revision}"
    typer.echo(
        f"{name}: {counts['added']} added, {counts['changed']} changed, "
        f"{counts['unchanged']} unchanged, {counts['rejected']} rejected ({kept})"
    )


def _keep_rejected(path: Path, rejected: list[RejectedRow]) -> None:
    if not rejected:
        return
    beside = path.with_name(f"{path.name}.rejected")
    beside.write_text("".join(f"{row.at}: {row.why}\n" for row in rejected))
    typer.echo(f"The rejected rows are listed in {beside}.", err=True)
