"""`luzeiro verify`: check a package, without a home, an account or a network."""

from pathlib import Path
from typing import Annotated

import typer

from luzeiro.evidence.verifier.examine import examine
from luzeiro.evidence.verifier.report import page, trust_from
from luzeiro.package.age import AgeError, decrypt_with, is_encrypted


def verify(
    package: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)],
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="The log's verifier key, as published.")
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(metavar="KEY", help="A witness's verifier key.")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, dir_okay=False, help="A head of the log that was kept elsewhere."
        ),
    ] = None,
    consistency: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The proof between two sizes of the log."),
    ] = None,
    identity: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="An age identity, for an encrypted package."
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Print every finding.")] = False,
) -> None:
    """Check a package whole, and print on one page what holds, what does not, what is unknown.

    Exit status 0: all that could be checked holds. 1: something does not. 2: it cannot be read.
    The package holds the same verifier as one file of plain Python, data/verify.py.
    """
    raw = package.read_bytes()
    if is_encrypted(raw):
        if identity is None:
            raise AgeError(f"{package} is encrypted: give your age identity with --identity")
        raw = decrypt_with(raw, identity.read_text().splitlines())
    findings, rows = examine(raw, trust_from(key, witness or (), checkpoint or (), consistency))
    typer.echo(page(findings, rows, every=every), nl=False)
    raise typer.Exit(1 if findings.failed() else 0)
