import pytest
from django.db import DatabaseError, connection, transaction

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW, officer, unit

TABLE = "journal_journalentry"
DEEDS = [
    f"UPDATE {TABLE} SET purpose = 'another'",
    f"DELETE FROM {TABLE}",
    f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE}",
    f"TRUNCATE {TABLE}",
    f"TRUNCATE {TABLE} CASCADE",
]


def refused(deed: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(deed)
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize("deed", DEEDS)
def test_raw_sql_changes_no_row_of_the_journal(ana: Officer, deed: str) -> None:
    entry = record("lead.opened", actor=ana, at=NOW, purpose="triage")
    assert refused(deed)
    assert JournalEntry.objects.get(pk=entry.pk).purpose == "triage"


def test_bulk_updates_and_deletions_are_refused(ana: Officer) -> None:
    record("lead.opened", actor=ana, at=NOW)
    for deed in (
        lambda: JournalEntry.objects.update(purpose="another"),
        lambda: JournalEntry.objects.all().delete(),
        lambda: JournalEntry.objects.bulk_update(JournalEntry.objects.all(), ["purpose"]),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            deed()


@pytest.mark.django_db
def test_a_sample_entry_can_be_removed_and_not_changed() -> None:
    invented = officer("x", of=unit("Sample", sample=True))
    record("lead.opened", actor=invented, at=NOW)
    assert refused(f"UPDATE {TABLE} SET purpose = 'another'")
    JournalEntry.objects.filter(sample=True).delete()
    assert not JournalEntry.objects.exists()
