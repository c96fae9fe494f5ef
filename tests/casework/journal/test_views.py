import pytest
from django.utils import timezone

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.models import Officer, Role, Unit
from tests.casework.world import NOW, officer, signed_in


@pytest.fixture
def paul(sao_paulo: Unit) -> Officer:
    return officer("paul", Role.AUDITOR, of=sao_paulo)


def test_an_auditor_reads_all_units_journals(paul: Officer, ana: Officer) -> None:
    record("lead.opened", actor=ana, at=NOW, subject="s", purpose="triage: 12", facts={"n": 1})
    record("lead.recalled", actor=None, at=NOW)
    client = signed_in(paul)
    told = client.get("/journal/").content.decode()
    assert "triage: 12" in told
    assert "the system" in told
    assert "triage: 12" not in client.get("/journal/?deed=lead.recalled").content.decode()
    assert client.get("/journal/?page=99&actor=%00").status_code == 200


def test_unusual_volumes_and_lapsed_training_stand_out(paul: Officer, ana: Officer) -> None:
    for times, who in ((3, paul), (20, ana)):
        for _ in range(times):
            record("lead.opened", actor=who, at=timezone.now())
    Officer.objects.filter(pk=ana.pk).update(trained_until=None)
    volumes, lapsed = signed_in(paul).get("/journal/oversight").content.decode().split("lapsed")
    assert volumes.count(">unusual<") == 0  # five times the median of 3 and 20 is more
    assert "Ana" in lapsed
    for _ in range(40):
        record("lead.opened", actor=ana, at=timezone.now())
    elsewhere = officer("quinn", Role.INVESTIGATOR, of=paul.unit)
    record("lead.opened", actor=elsewhere, at=timezone.now())
    assert signed_in(paul).get("/journal/oversight").content.decode().count(">unusual<") == 1
