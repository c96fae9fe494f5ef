"""Writing the journal, and the form in which an entry goes into the evidence log."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import transaction

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.officers.models import Officer


def record(
    deed: str,
    *,
    actor: Officer | None,
    at: datetime,
    subject: object = "",
    purpose: str = "",
    facts: Mapping[str, object] | None = None,
    sample: bool = False,
) -> JournalEntry:
    """Add an entry. The caller is in the transaction of the deed: both happen, or neither.

    `sample`: the deed concerns the sample, though no sample officer did it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{deed} is recorded outside of a transaction")
    return JournalEntry.objects.create(
        at=at,
        deed=deed,
        actor=actor,
        unit=actor.unit if actor else None,
        subject=str(subject),
        purpose=purpose,
        facts=dict(facts or {}),
        sample=actor.unit.sample if actor else sample,
    )


def canonical(entry: JournalEntry) -> bytes:
    """The bytes of an entry that go into the log: JSON, keys sorted, ASCII, no spaces."""
    told = {
        "id": entry.pk,
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "deed": entry.deed,
        "actor": str(entry.actor_id) if entry.actor_id else None,
        "unit": str(entry.unit_id) if entry.unit_id else None,
        "subject": entry.subject,
        "purpose": entry.purpose,
        "facts": entry.facts,
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
