"""`luzeiro catalogue export`: the files with a category in force, for others."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from luzeiro.catalogue.exporting import FORMS, Exported, export
from luzeiro.catalogue.schemes import tables
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import current_home


def export_catalogue(
    form: Annotated[str, typer.Option("--format", help=f"One of: {', '.join(FORMS)}.")],
    to: Annotated[
        Path | None, typer.Option("--to", dir_okay=False, help="A new file; else stdout.")
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option(help="Labels in this scheme, where it surely has one; else as they came."),
    ] = None,
) -> None:
    """Write the catalogue out: identifiers whole, which are locators. Guard the file."""
    if form not in FORMS:
        raise typer.BadParameter(f"the formats are {', '.join(FORMS)}", param_hint="--format")
    home = current_home()
    with open_catalogue(home.path):
        if scheme is not None and scheme not in tables.names():
            known = ", ".join(sorted(tables.names()))
            raise typer.BadParameter(f"the schemes are {known}", param_hint="--scheme")
        done = _to_file(to, form, scheme) if to else export(sys.stdout, form, scheme=scheme)
    typer.echo(
        f"{done.files} files; left out: {done.without_category} with no category in force, "
        f"{done.without_label} with no label in that scheme, {done.without_name} with no "
        "identifier that the format holds",
        err=True,
    )


def _to_file(path: Path, form: str, scheme: str | None) -> Exported:
    if path.exists():
        raise typer.BadParameter(f"{path} is there already: name a new file", param_hint="--to")
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            done = export(file, form, scheme=scheme)
        beside.replace(path)  # whole, or not there
    finally:
        beside.unlink(missing_ok=True)
    return done
