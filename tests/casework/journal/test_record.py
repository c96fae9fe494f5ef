import json

import pytest
from django.db import transaction

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.journal.record import canonical, record
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW


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
