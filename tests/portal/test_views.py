import pytest
from django.test import Client

from luzeiro.casework.officers.models import Officer, Role, Unit
from tests.casework.world import officer, signed_in


@pytest.mark.parametrize(
    ("role", "begins"),
    [
        (Role.INVESTIGATOR, "/leads/"), (Role.SUPERVISOR, "/leads/"),
        (Role.COORDINATOR, "/leads/map"), (Role.AUDITOR, "/journal/"),
        (Role.TRAINER, "/training/"), (Role.ADMINISTRATOR, "/people/"),
        (Role.CURATOR, "/account"),
    ],
)  # fmt: skip
def test_each_role_begins_where_its_work_is(role: Role, begins: str, buenos_aires: Unit) -> None:
    client = signed_in(officer("x", role, of=buenos_aires))
    assert client.get("/")["Location"] == begins
    assert client.get(begins).status_code == 200


def test_what_is_not_there_says_so_in_the_officers_language(ana: Officer) -> None:
    Officer.objects.update(language="es")
    answer = signed_in(ana).get("/nowhere")
    assert answer.status_code == 404
    assert "Aquí no hay nada" in answer.content.decode()


def test_a_probe_learns_that_it_lives_and_nothing_else() -> None:
    assert Client().get("/alive").content == b"alive\n"


def test_an_administrator_sees_machines_and_no_leads(buenos_aires: Unit) -> None:
    client = signed_in(officer("adela", Role.ADMINISTRATOR, of=buenos_aires))
    assert "No collector has sealed" in client.get("/machines/").content.decode()
    assert client.get("/leads/").status_code == 404


def test_our_own_failure_says_nothing_of_itself(
    ana: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_home: object, **_: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr("luzeiro.portal.views.machines_of", fails)
    client = signed_in(officer("adela", Role.ADMINISTRATOR, of=ana.unit))
    client.raise_request_exception = False
    answer = client.get("/machines/")
    assert answer.status_code == 500
    assert b"secret" not in answer.content
