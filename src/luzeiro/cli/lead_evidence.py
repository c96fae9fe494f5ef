"""What `luzeiro evidence package --lead` asks of casework, which runs in a process of its own."""

import getpass
import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from luzeiro.cli.home import Home
from luzeiro.cli.portal import lay_casework, run_portal
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Grade
from luzeiro.package.make import REPORT_FOLDER
from luzeiro.sightings.filters import SightingFilter

PURPOSE_MOST = 200  # characters, as the journal holds


@dataclass(frozen=True, slots=True)
class LeadSelection:
    """The sightings of a lead: those that meet `wanted` and are about one of `entries`."""

    lead: UUID
    wanted: SightingFilter
    entries: frozenset[int]
    sightings: int  # as many as the lead was built on


def select_lead(home: Home, lead: UUID) -> LeadSelection:
    """Ask casework what a lead rests on.

    Raises:
        PortalError: no such lead, or nothing stands behind it.
    """
    lay_casework(home)
    told = json.loads(run_portal(home, "lead_evidence", "show", str(lead)))
    return LeadSelection(
        lead=lead,
        wanted=SightingFilter(
            grade=Grade.STATED,
            addresses=(Endpoint.parse(told["address"], 0).packed,),
            since=datetime.fromisoformat(told["first_seen_at"]),
            # The last sighting is the lead's too, and a filter leaves its end out.
            until=datetime.fromisoformat(told["last_seen_at"]) + timedelta(microseconds=1),
        ),
        entries=frozenset(told["entries"]),
        sightings=told["sightings"],
    )


def report_of(home: Home, lead: UUID, *, purpose: str, language: str | None) -> dict[str, bytes]:
    """Have casework draw up its report about a lead, as files of a package.

    Raises:
        PortalError: nothing stands behind the lead, or the report does not read back.
    """
    words = ["--purpose", purpose, *(["--language", language] if language else [])]
    with tempfile.TemporaryDirectory(dir=home.path) as folder:
        run_portal(home, "lead_report", str(lead), "--into", folder, *words)
        return {
            f"{REPORT_FOLDER}{name}": (Path(folder) / name).read_bytes()
            for name in ("report.pdf", "report.json")
        }


def journal_package(
    home: Home, lead: UUID, made: bytes, *, sightings: int, purpose: str, recipients: int
) -> None:
    """Record in casework's journal that a package of a lead is about to be written.

    Raises:
        PortalError: it cannot be recorded; then no package may be written.
    """
    facts = {
        "package_sha256": hashlib.sha256(made).hexdigest(),
        "sightings": sightings,
        "encrypted_for": recipients,
        "account": getpass.getuser(),
    }
    words = ["--purpose", purpose, "--facts", json.dumps(facts)]
    run_portal(home, "lead_evidence", "record", str(lead), *words)
