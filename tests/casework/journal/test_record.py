import json
from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.db import transaction

from luzeiro.casework.journal.models import Carried, JournalEntry
from luzeiro.casework.journal.record import canonical, carry, record
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW, officer, unit

LATER = NOW + timedelta(hours=1)


class Leaves:
    """A log in memory."""

    def __init__(self) -> None:
        self.held: list[bytes] = []

    def append(self, leaves: Iterable[bytes]) -> int:
        index = len(self.held)
        self.held.extend(leaves)
        return index


@pytest.mark.django_db
def test_a_deed_is_recorded_in_a_transaction_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="it went wrong"), transaction.atomic():
        record("lead.opened", actor=None, at=NOW)
        raise ValueError("it went wrong")
    assert not JournalEntry.objects.exists()
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(RuntimeError, match="outside of a transaction"):
        record("lead.opened", actor=None, at=NOW)
    monkeypatch.undo()


def test_an_entry_goes_into_the_log_in_one_form(ana: Officer) -> None:
    entry = record("lead.opened", actor=ana, at=NOW, subject="x", purpose="triage", facts={"b": 1})
    told = json.loads(canonical(entry))
    assert told == {
        "actor": str(ana.pk), "at": "2026-03-04T12:00:00.000000Z", "deed": "lead.opened",
        "facts": {"b": 1}, "id": entry.pk, "purpose": "triage", "subject": "x",
        "unit": str(ana.unit_id),
    }  # fmt: skip
    assert canonical(entry).startswith(b'{"actor":')


def test_entries_are_carried_once_and_in_order(ana: Officer) -> None:
    log = Leaves()
    for number in range(5):
        record(f"deed.{number}", actor=ana, at=NOW)
    assert carry(log, now=LATER, at_most=3) == 3
    assert carry(log, now=LATER, at_most=3) == 2
    assert carry(log, now=LATER) == 0
    assert [json.loads(leaf)["deed"] for leaf in log.held] == [f"deed.{n}" for n in range(5)]
    assert list(Carried.objects.order_by("id").values_list("log_index", flat=True)) == [0, 3]


def test_the_last_minutes_entries_wait_and_the_samples_stay_behind(ana: Officer) -> None:
    log = Leaves()
    record("lead.opened", actor=ana, at=LATER - timedelta(seconds=30))
    record("lead.opened", actor=officer("x", of=unit("Sample", sample=True)), at=NOW)
    assert carry(log, now=LATER) == 0
    assert carry(log, now=LATER + timedelta(minutes=1)) == 1
