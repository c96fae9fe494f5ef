import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.officers.refusals import CodeTaken
from luzeiro.portal.sample import LINKS, UNITS, is_loaded, links, load, remove
from tests.casework.world import NOW, officer, unit

ROOMS = (
    *("officers", "journal", "leads", "deconfliction", "requests", "operations", "reports"),
    "sessions",
)


def counts() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
    }


@pytest.mark.django_db
def test_the_sample_is_removed_without_a_trace_and_what_is_real_stays() -> None:
    ana = officer("ana", Role.INVESTIGATOR, of=unit("Montevideo", "UY"))
    record("lead.opened", actor=ana, at=NOW)
    before = counts()
    load(now=timezone.now())
    client = Client()
    client.post(f"/welcome/{dict(links(now=timezone.now()))['investigator']}")
    assert client.get("/leads/").status_code == 200
    remove()
    assert counts() == before
    assert client.get("/leads/").status_code == 302
    assert not is_loaded()


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_each_unit_has_leads() -> None:
    load(now=timezone.now())
    before = counts()
    load(now=timezone.now())
    assert counts() == before
    assert Unit.objects.filter(sample=True).count() == len(UNITS)
    assert all(one.leads.exists() for one in Unit.objects.all())
    assert not Lead.objects.filter(sample=False).exists()


@pytest.mark.django_db
def test_every_page_of_a_sample_says_so() -> None:
    load(now=timezone.now())
    for role, token in links(now=timezone.now()):
        client = Client()
        client.post(f"/welcome/{token}")
        for path in ("/account", "/nowhere"):
            told = client.get(path).content.decode()
            assert "sample-band" in told, (role, path)
    assert "sample-band" in Client().get("/sign-in").content.decode()
    assert [role for role, _ in LINKS] == ["investigator", "supervisor", "coordinator", "auditor"]


@pytest.mark.django_db
def test_a_home_in_use_takes_no_sample() -> None:
    unit("Real", "AR")
    with pytest.raises(CodeTaken):
        load(now=NOW)
    assert not is_loaded()
    assert not Officer.objects.exists()
