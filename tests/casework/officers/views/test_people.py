import re

import pytest

from luzeiro.casework.officers.models import ApiToken, Officer, Role, Unit
from tests.casework.world import officer, signed_in


@pytest.fixture
def adela(buenos_aires: Unit) -> Officer:
    return officer("adela", Role.ADMINISTRATOR, of=buenos_aires, trained_until=None)


def test_an_administrator_makes_units_and_officers(adela: Officer) -> None:
    client = signed_in(adela)
    client.post("/units/new", {
        "name": "Quito", "country": "EC", "contact": "ext. 1", "time_zone": "America/Guayaquil",
        "codes": "EC",
    })  # fmt: skip
    unit = Unit.objects.get(name="Quito")
    told = client.post("/people/new", {
        "login": "ines", "name": "Inés", "unit": str(unit.pk), "language": "es",
        "roles": ["investigator", "supervisor"],
    }).content.decode()  # fmt: skip
    path = re.search(r"http://testserver(/welcome/[\w-]+)", told)
    assert path is not None
    assert client.get(path[1]).status_code == 200
    assert Officer.objects.get(login="ines").roles == {Role.INVESTIGATOR, Role.SUPERVISOR}
    assert "Inés" in client.get("/people/").content.decode()
    assert "EC" in client.get("/units/").content.decode()


def test_mistakes_are_told(adela: Officer) -> None:
    client = signed_in(adela)
    sent = {"name": "B", "country": "AR", "contact": "-", "time_zone": "UTC", "codes": "AR"}
    told = client.post("/units/new", sent)
    assert told.status_code == 422
    assert "already the jurisdiction of another unit" in told.content.decode()
    assert client.post("/people/new", {"login": "x"}).status_code == 422


def test_roles_change_and_people_leave(adela: Officer, ana: Officer) -> None:
    client, hers = signed_in(adela), signed_in(ana)
    assert hers.get("/leads/").status_code == 200
    client.post(f"/people/{ana.pk}", {"roles": ["investigator"]})
    assert not Officer.objects.get(pk=ana.pk).is_active
    assert hers.get("/leads/").status_code == 302
    told = client.post(f"/people/{adela.pk}", {"roles": ["auditor"], "active": "on"}, follow=True)
    assert "cannot do this to your own account" in told.content.decode()


def test_a_reset_gives_a_new_start(adela: Officer, ana: Officer) -> None:
    Officer.objects.filter(pk=ana.pk).update(totp_secret="x")
    told = signed_in(adela).post(f"/people/{ana.pk}/factor-reset").content.decode()
    assert "/welcome/" in told
    assert Officer.objects.get(pk=ana.pk).totp_secret == ""
    assert "/welcome/" in signed_in(adela).post(f"/people/{ana.pk}/link").content.decode()


def test_weighty_deeds_ask_for_the_second_factor_again(adela: Officer, ana: Officer) -> None:
    client = signed_in(adela, fresh=False)
    for path in ("/people/new", "/units/new", f"/people/{ana.pk}/link"):
        assert client.post(path)["Location"].startswith("/confirm?next="), path


def test_a_supervisor_makes_and_revokes_her_units_tokens(carla: Officer, elisa: Officer) -> None:
    client = signed_in(carla)
    assert "lzr_" in client.post("/tokens/new", {"label": "report"}).content.decode()
    assert "lzr_" not in client.get("/tokens/").content.decode()
    token = ApiToken.objects.get()
    other = officer("fabio", Role.SUPERVISOR, of=elisa.unit)
    assert signed_in(other).post(f"/tokens/{token.pk}/revoke").status_code == 404
    client.post(f"/tokens/{token.pk}/revoke")
    assert ApiToken.objects.get().revoked_at is not None
    assert client.post("/tokens/new", {"label": ""}).status_code == 422
