"""Writing the journal, and the form in which an entry goes into the evidence log."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from django.db import transaction

from luzeiro.casework.journal.models import Carried, JournalEntry
from luzeiro.casework.officers.models import Officer

_SETTLED = timedelta(minutes=1)


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


class Log(Protocol):
    """The evidence log, as far as the journal needs it."""

    def append(self, leaves: Iterable[bytes]) -> int:
        """Add leaves durably, in order, and give the index of the first."""
        ...


def carry(log: Log, *, now: datetime, at_most: int = 1000) -> int:
    """Carry entries that are not yet in the log, oldest first; says how many.

    Sample entries stay behind, and so do those of the last minute: on PostgreSQL a later number can
    be there before an earlier one is. A crash between the log and our note repeats a batch in the
    log, and loses none.
    """
    newest = Carried.objects.order_by("-last_entry").first()
    after = newest.last_entry if newest else 0
    fresh = list(
        JournalEntry.objects.filter(pk__gt=after, sample=False, at__lte=now - _SETTLED).order_by(
            "pk"
        )[:at_most]
    )
    if not fresh:
        return 0
    index = log.append(canonical(entry) for entry in fresh)
    Carried.objects.create(last_entry=fresh[-1].pk, log_index=index, carried_at=now)
    return len(fresh)
