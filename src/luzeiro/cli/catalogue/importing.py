"""`luzeiro catalogue import`: lists of agencies, of links and of torrents."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.importing import Import, Outcome, Row, import_rows
from luzeiro.catalogue.lists.detect import NAMES, read_list
from luzeiro.catalogue.readers.column_map import ColumnMap, read_column_map
from luzeiro.catalogue.readers.detect import HEAD_BYTES
from luzeiro.catalogue.readers.errors import ListError
from luzeiro.catalogue.schemes import tables
from luzeiro.catalogue.store import open_catalogue
from luzeiro.catalogue.torrents import mapped_files
from luzeiro.cli.catalogue import torrent_files
from luzeiro.cli.catalogue.indexing import refresh_indexes
from luzeiro.cli.catalogue.options import Authority, Category, Scheme, Source, Who, who
from luzeiro.cli.catalogue.outcomes import RejectedFile, tell
from luzeiro.cli.catalogue.progress import CountedStream, counted
from luzeiro.cli.home import current_home

_TORRENT = "torrent"
FORMATS = (*NAMES, _TORRENT)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How lists are to be read."""

    form: str | None
    columns: ColumnMap | None
    all_files: bool


def import_lists(
    files: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...", exists=True)],
    source: Source,
    category: Category = None,
    scheme: Scheme = "interpol-baseline",
    authority: Authority = False,
    form: Annotated[
        str | None,
        typer.Option("--format", help=f"One of: {', '.join(FORMATS)}; else it is detected."),
    ] = None,
    columns: Annotated[
        Path | None, typer.Option("--map", exists=True, dir_okay=False, help="A column map (TOML).")
    ] = None,
    all_files: Annotated[
        bool, typer.Option("--all-files", help="Of torrents: every file is categorised.")
    ] = False,
    rejected_to: Annotated[
        Path | None,
        typer.Option("--rejected", help="Where rejected rows are listed; else FILE.rejected."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check; change nothing.")
    ] = False,
    made_by: Who = None,
) -> None:
    """Take in lists, each as one revision, whole or not at all.

    A folder is one list: the .torrent files in it. An import that was cut off left nothing behind:
    run it again. Exit status 1: some rows were rejected.
    """
    if form is not None and form not in FORMATS:
        raise typer.BadParameter(f"the formats are {', '.join(FORMATS)}", param_hint="--format")
    home, rejected = current_home(), 0
    column_map = read_column_map(columns.read_bytes(), name=str(columns)) if columns else None
    reading = _Reading(form, column_map, all_files)
    with open_catalogue(home.path):
        if scheme not in tables.names() | {tables.INTERNAL}:
            known = ", ".join(sorted(tables.names()))
            raise typer.BadParameter(f"the schemes are {known}", param_hint="--scheme")
        for path in files:
            what = Import(
                source=source,
                authority=authority,
                scheme=scheme,
                label=category,
                list_name=path.name,
                list_sha256=_sha256(path),
                at=datetime.now(UTC),
                by=who(made_by),
            )
            outcome = _imported(path, reading, what, rejected_to, dry_run=dry_run)
            rejected += outcome.counts["rejected"]
        if not dry_run:
            refresh_indexes(home)
    raise typer.Exit(1 if rejected else 0)


def _imported(
    path: Path, reading: _Reading, what: Import, rejected_to: Path | None, *, dry_run: bool
) -> Outcome:
    beside = RejectedFile(rejected_to or path.with_name(f"{path.name}.rejected"))
    try:
        with _rows(path, reading) as rows:
            outcome = import_rows(rows, what, dry_run=dry_run, on_rejected=beside.add)
    except ListError as error:
        raise CatalogueError(f"{path}: {error} Nothing of it was taken.") from error
    finally:
        beside.close()
    tell(str(path), outcome)
    return outcome


@contextmanager
def _rows(path: Path, reading: _Reading) -> Iterator[Iterator[Row]]:
    """Give the rows of a list or a folder, with a bar that shows how far they are."""
    if path.is_dir():
        paths = torrent_files.torrents_in(path)
        rows = torrent_files.rows_of_folder(paths, path, everything=reading.all_files)
        with counted(rows, path.name, None, None) as shown:
            yield shown
        return
    with path.open("rb") as file:
        stream = CountedStream(file)
        with counted(_read(path, stream, reading), path.name, stream, path.stat().st_size) as shown:
            yield shown


def _read(path: Path, stream: CountedStream, reading: _Reading) -> Iterator[Row]:
    if _is_torrent(stream, reading):
        _, torrent = torrent_files.read_torrent(path)
        yield from mapped_files(torrent, [], everything=reading.all_files)
    else:
        yield from read_list(stream.as_file(), name=reading.form, columns=reading.columns)


def _is_torrent(stream: CountedStream, reading: _Reading) -> bool:
    if reading.form is not None or reading.columns is not None:
        return reading.form == _TORRENT
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    return torrent_files.looks_so(head)


def _sha256(path: Path) -> str:
    if path.is_dir():
        return torrent_files.folder_sha256(torrent_files.torrents_in(path), path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
