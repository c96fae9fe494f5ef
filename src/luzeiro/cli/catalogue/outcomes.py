"""What an import came to, for people; and the file of rows that were rejected."""

from pathlib import Path
from typing import TextIO

import typer

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.importing import Outcome
from luzeiro.catalogue.rows import RejectedRow

_SHOWN = 20


class RejectedFile:
    """Writes rejected rows as they come; there is no file until there is one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def add(self, row: RejectedRow) -> None:
        """Write a row.

        Raises:
            CatalogueError: the file cannot be written.
        """
        if self._file is None:
            try:
                self._file = self.path.open("w", encoding="utf-8")
            except OSError as error:
                raise CatalogueError(
                    f"{self.path}: {error.strerror}. Some rows were rejected and must be kept "
                    "somewhere: name a file with --rejected. Nothing was taken."
                ) from error
        self._file.write(f"{row.at}: {row.why}\n")

    def close(self) -> None:
        """Finish the file and say where it is."""
        if self._file is not None:
            self._file.close()
            typer.echo(f"The rejected rows are listed in {self.path}.", err=True)


def tell(name: str, outcome: Outcome) -> None:
    """Say what an import came to: the counts on stdout, the first rejected rows on stderr."""
    counts = outcome.counts
    for rejected in outcome.rejected[:_SHOWN]:
        typer.echo(f"{name}:{rejected.at.removeprefix('line ')}: {rejected.why}", err=True)
    if counts["rejected"] > _SHOWN:
        typer.echo(f"{name}: {counts['rejected'] - _SHOWN} more", err=True)
    if counts["queued"]:
        typer.echo(
            f"{name}: {counts['queued']} rows contradict the catalogue and wait: "
            "luzeiro catalogue conflicts",
            err=True,
        )
    if outcome.imported_before is not None:
        typer.echo(f"{name}: the same list was revision {outcome.imported_before}.", err=True)
    kept = "a dry run" if outcome.revision is None else f"revision {outcome.revision}"
    typer.echo(
        f"{name}: {counts['added']} added, {counts['changed']} changed, "
        f"{counts['unchanged']} unchanged, {counts['rejected']} rejected, "
        f"{counts['queued']} queued ({kept})"
    )
