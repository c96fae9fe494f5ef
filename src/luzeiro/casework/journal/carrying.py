"""The journal's way into the evidence log, and the look back: is each row still what was carried?

The database refuses to change a row, but whoever owns it can take its triggers away. The log has a
digest of each row, under a head that others keep: so what an owner does shows. The digest alone
goes there, since the log's files are served to whoever asks; a row holds random numbers of its
officer and its lead, so that nobody finds its words by trying.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import OperationalError, connection, transaction

from luzeiro.casework.journal.models import Carried, JournalEntry
from luzeiro.casework.journal.record import canonical
from luzeiro.evidence.log import Log
from luzeiro.evidence.signer import open_note
from luzeiro.evidence.verifier.notes import NoteError, parse_note
from luzeiro.evidence.verifier.statements import JOURNAL, StatementError, read
from luzeiro.hub.hub import Hub

_AT_ONCE = 1000


class JournalBusyError(Exception):
    """Deeds under way hold the journal; nothing was carried, and the next turn tries again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry that is not as it was carried."""

    entry: int | None  # None: what the log has is no entry of the journal
    log_index: int | None  # None: the log has nothing of it
    told: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look back found."""

    carried: int
    waiting: int  # recorded, and not in the log yet
    findings: tuple[Finding, ...]


def carry(hub: Hub, *, now: datetime, at_most: int = _AT_ONCE) -> int:
    """Carry entries that are not in the log yet, in order, each once; says how many.

    Sample entries stay behind.

    Raises:
        JournalBusyError: deeds that are under way did not end in time.
    """
    last = 0

    def after(carried: int) -> list[tuple[int, bytes]]:
        nonlocal last
        fresh = _settled_after(carried, at_most)
        last = fresh[-1].pk if fresh else 0
        return [(entry.pk, canonical(entry)) for entry in fresh]

    indices = hub.carry_journal(after)
    if indices:  # for people: what was carried is read from the log itself
        Carried.objects.create(last_entry=last, log_index=indices[-1], carried_at=now)
    return len(indices)


def check(log: Log) -> Checked:
    """Compare each entry that the log has with the database.

    Raises:
        TilesError: the log's files cannot be read. Audit the log itself too: this trusts its head.

    Cost: one read of the log and of the journal; eight bytes of memory an entry, and a set's.
    """
    carried: set[int] = set()
    findings: list[Finding] = []
    in_log = _in_log(log, findings)
    while told := list(islice(in_log, _AT_ONCE)):
        held = JournalEntry.objects.in_bulk([number for number, _, _ in told])
        for number, index, digest in told:
            if number in carried:
                findings.append(Finding(number, index, "is in the log twice"))
                continue
            carried.add(number)
            if (fault := _fault(held.get(number), digest)) is not None:
                findings.append(Finding(number, index, fault))
    last, waiting = max(carried, default=0), 0
    numbers = JournalEntry.objects.filter(sample=False).order_by("pk").values_list("pk", flat=True)
    for number in numbers.iterator():
        if number > last:
            waiting += 1
        elif number not in carried:
            findings.append(Finding(number, None, "was put among entries that were carried before"))
    findings.sort(key=lambda one: (one.log_index is None, one.log_index, one.entry))
    return Checked(len(carried), waiting, tuple(findings))


def _fault(entry: JournalEntry | None, digest: str) -> str | None:
    if entry is None:
        return "was removed after it was carried"
    if hashlib.sha256(canonical(entry)).hexdigest() != digest:
        return "was changed after it was carried"
    return "was marked as the sample's after it was carried" if entry.sample else None


def _in_log(log: Log, findings: list[Finding]) -> Iterator[tuple[int, int, str]]:
    """The entries' numbers, indices and digests, as the log tells them."""
    for index, raw in log.reader().entries():
        try:
            if not parse_note(raw).text.startswith(f"{JOURNAL}\n"):
                continue
            held = read(JOURNAL, open_note(raw, log.key))
            yield int(held["entry"]), index, held["sha256"]
        except (NoteError, StatementError, ValueError) as error:
            findings.append(Finding(None, index, f"the log's entry cannot be read: {error}"))


def _settled_after(last: int, at_most: int) -> list[JournalEntry]:
    """Entries after one, once no earlier number can still appear among them."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # A deed under way has its numbers already: wait until all have ended, not for long,
            # for others wait behind us. SQLite has one writer at a time.
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '2s'")
                    cursor.execute("LOCK TABLE journal_journalentry IN SHARE MODE")
            except OperationalError as error:
                raise JournalBusyError("deeds under way hold the journal; try again") from error
        waiting = JournalEntry.objects.filter(pk__gt=last, sample=False).order_by("pk")
        return list(waiting[:at_most])
