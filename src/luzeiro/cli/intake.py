"""The hub's half on one machine: what waits in the spool goes into the store."""

from datetime import UTC, datetime

import typer
from django.db import DatabaseError

from luzeiro.catalogue.errors import CatalogueError
from luzeiro.catalogue.queries import verdicts
from luzeiro.catalogue.store import open_catalogue
from luzeiro.cli.home import Home
from luzeiro.cli.store import open_store
from luzeiro.observations.segment import waiting_in
from luzeiro.sightings.intake import Intake, IntakeReport
from luzeiro.sightings.store import SightingStore, StoreError

_PATIENCE_S = 2.0  # a collector has something better to do than to wait


def take_in(home: Home, store: SightingStore) -> IntakeReport:
    """Take in what waits, into a store that is open; say on stderr what was set aside.

    What is not taken in waits for the next time.

    Raises:
        StoreError: the store fails.
        CatalogueError: the catalogue cannot be asked.
    """
    with open_catalogue(home.path):
        intake = Intake(
            store,
            spool=home.spool,
            segments=home.segments,
            verdicts=verdicts,
            now=lambda: datetime.now(UTC),
        )
        try:
            report = intake.run()
        except DatabaseError as error:
            raise CatalogueError(f"{home.catalogue} cannot be read ({error}).") from error
    for damaged in report.damaged:
        typer.echo(f"luzeiro: {damaged.why}", err=True)
    return report


def take_in_waiting(home: Home) -> IntakeReport:
    """Take in what waits, if the store is free; else leave it to the next time, and say so.

    For a collector at work, which goes on whatever the store or the catalogue is up to.
    """
    if not (waiting_in(home.spool) or waiting_in(home.spool / "taking")):
        return IntakeReport()
    try:
        with open_store(home, wait_s=_PATIENCE_S) as store:
            return take_in(home, store)
    except (StoreError, CatalogueError, OSError) as error:
        typer.echo(f"luzeiro: {error} Sealed sightings wait in {home.spool}.", err=True)
        return IntakeReport()
