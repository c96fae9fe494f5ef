from datetime import UTC, datetime

import pytest

from luzeiro.casework.leads.builder import recall
from luzeiro.casework.leads.recalls import withdrawn_entries
from luzeiro.catalogue.models import Entry, Revision, Source, Vote
from tests.casework.world import NOW, a_lead, seen

pytestmark = pytest.mark.django_db(databases=["default", "catalogue"])


def test_entries_whose_votes_were_withdrawn_are_found_once() -> None:
    source = Source.objects.create(name="Authority", authority=True)
    revision = Revision.objects.create(
        source=source, made_at=datetime(2026, 1, 1, tzinfo=UTC), list_name="a", list_sha256=""
    )
    entry = Entry.objects.create(added_by=revision)
    vote = Vote.objects.create(
        entry=entry,
        source=source,
        scheme="caid-uk",
        label="A",
        revision=revision,
        entered_by=revision,
    )
    a_lead(seen(entry=entry.pk), seen(entry=-3))
    assert withdrawn_entries() == set()
    vote.withdrawn_by = revision
    vote.save()
    assert withdrawn_entries() == {entry.pk}
    recall([entry.pk], reason="votes withdrawn", now=NOW)
    assert withdrawn_entries() == set()
