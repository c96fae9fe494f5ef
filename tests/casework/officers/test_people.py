import pytest

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.officers.credentials import link_for
from luzeiro.casework.officers.models import Officer, Role, SignedIn, Unit
from luzeiro.casework.officers.people import (
    agree,
    change_officer,
    enlist,
    found_unit,
)
from luzeiro.casework.officers.refusals import CodeTaken, LoginTaken, NotYourself
from tests.casework.world import NOW


def test_no_code_is_two_units_jurisdiction(buenos_aires: Unit) -> None:
    del buenos_aires

    def found(name: str, *codes: str) -> None:
        found_unit(
            name=name, country="AR", contact="-", time_zone="UTC", codes=codes, by=None, now=NOW
        )

    found("B", "AR-C")
    with pytest.raises(CodeTaken, match="AR "):
        found("C", "AR-X", "AR")
    assert not Unit.objects.filter(name="C").exists()


def test_a_new_officer_has_no_password_and_a_link(buenos_aires: Unit) -> None:
    officer, token = enlist(
        login=" Dario ", name="Darío", unit=buenos_aires, roles=[Role.INVESTIGATOR],
        language="es", by=None, now=NOW,
    )  # fmt: skip
    assert not officer.has_usable_password()
    assert link_for(token, NOW).officer == officer
    with pytest.raises(LoginTaken, match="dario"):
        enlist(login="DARIO", name="D", unit=buenos_aires, roles=[], language="es", by=None,
               now=NOW)  # fmt: skip


def test_sessions_end_where_rights_shrink(ana: Officer, carla: Officer) -> None:
    SignedIn.objects.create(officer=ana, session_key="k", began_at=NOW)
    change_officer(officer=ana, roles=[Role.INVESTIGATOR, Role.CURATOR], active=True, by=carla,
                   now=NOW)  # fmt: skip
    assert SignedIn.objects.exists()
    change_officer(officer=ana, roles=[Role.CURATOR], active=True, by=carla, now=NOW)
    assert not SignedIn.objects.exists()
    assert Officer.objects.get(pk=ana.pk).roles == {Role.CURATOR}
    assert JournalEntry.objects.filter(deed="officer.changed").count() == 2


def test_nobody_changes_her_own_rights(carla: Officer) -> None:
    with pytest.raises(NotYourself):
        change_officer(officer=carla, roles=[Role.ADMINISTRATOR], active=True, by=carla, now=NOW)


def test_an_agreement_is_journalled(ana: Officer) -> None:
    agree(officer=ana, now=NOW)
    assert JournalEntry.objects.get().deed == "officer.agreed"
