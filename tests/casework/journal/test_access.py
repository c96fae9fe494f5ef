from datetime import timedelta

from luzeiro.casework.journal.access import deeds, entries, volumes
from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.models import Officer
from tests.casework.world import NOW


def test_entries_are_found_by_who_what_and_of_what(ana: Officer, carla: Officer) -> None:
    record("lead.opened", actor=ana, at=NOW, subject="one")
    record("lead.closed", actor=carla, at=NOW, subject="two")
    assert entries(actor="ANA", deed="", subject="").get().subject == "one"
    assert entries(actor="", deed="lead.closed", subject="").get().actor == carla
    assert not entries(actor="ana", deed="", subject="two").exists()
    assert deeds() == ["lead.closed", "lead.opened"]


def test_volumes_count_what_each_officer_did_since(ana: Officer, carla: Officer) -> None:
    for _ in range(3):
        record("lead.opened", actor=ana, at=NOW)
    record("lead.revealed", actor=carla, at=NOW)
    record("lead.opened", actor=carla, at=NOW - timedelta(days=9))
    told = {row["actor__login"]: (row["opened"], row["revealed"]) for row in volumes(NOW)}
    assert told == {"ana": (3, 0), "carla": (0, 1)}
