"""Options that several commands of the catalogue take, each said once."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer

from luzeiro.catalogue.withdrawing import By

Source = Annotated[str, typer.Option(help="Whose word it is: INTERPOL, a unit, a hotline.")]
Category = Annotated[str | None, typer.Option(help="The category, where the list has none.")]
Scheme = Annotated[str, typer.Option(help="Which scheme the category is in.")]
Authority = Annotated[
    bool, typer.Option("--authority", help="The source is a designated authority: it counts alone.")
]
Who = Annotated[
    str | None, typer.Option("--by", help="Who does this; else the account's name on this machine.")
]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the revision.")]


def who(said: str | None) -> str:
    """Who does this."""
    try:
        return said or getpass.getuser()
    except (OSError, KeyError):  # no such account on this machine
        return "unknown"


def by(said: str | None, reason: str = "") -> By:
    """Who does this, now, and why."""
    return By(who=who(said), at=datetime.now(UTC), reason=reason)
