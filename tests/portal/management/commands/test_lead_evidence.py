import json
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from luzeiro.casework.journal.models import JournalEntry
from tests.casework.world import a_lead

pytestmark = pytest.mark.django_db


def test_it_shows_what_a_lead_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    lead = a_lead()
    call_command("lead_evidence", "show", str(lead.pk))
    told = json.loads(capsys.readouterr().out)
    assert (told["address"], told["entries"], told["sightings"]) == ("192.0.2.1", [7], 1)
    assert told["first_seen_at"] == told["last_seen_at"] == "2026-03-04T12:00:00+00:00"


def test_it_records_a_package() -> None:
    lead = a_lead()
    told = ("--purpose", "case 7", "--facts", '{"sightings": 1}')
    call_command("lead_evidence", "record", str(lead.pk), *told)
    entry = JournalEntry.objects.get(deed="lead.packaged")
    assert (entry.subject, entry.purpose, entry.facts) == (str(lead.pk), "case 7", {"sightings": 1})


@pytest.mark.parametrize("deed", ["show", "record"])
def test_a_lead_that_is_not_there_is_one_line(deed: str) -> None:
    with pytest.raises(CommandError, match="No lead has the id"):
        call_command("lead_evidence", deed, str(uuid4()))
    assert not JournalEntry.objects.filter(deed="lead.packaged").exists()
