import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Role
from luzeiro.casework.officers.tokens import make_token
from tests.casework.world import BRAZIL, a_lead, officer, seen


@pytest.fixture
def client(carla: Officer) -> Client:
    """A program with Carla's token."""
    Officer.objects.filter(pk=carla.pk).update(totp_secret="x")
    token = make_token(officer=carla, label="x", by=carla, now=timezone.now())
    return Client(headers={"authorization": f"Bearer {token}", "x-purpose": "nightly report"})


def fresh(*sightings: object) -> None:
    for one in sightings:
        a_lead(one)  # type: ignore[arg-type]
    Lead.objects.update(expires_at=datetime(2100, 1, 1, tzinfo=UTC))


def test_a_units_leads_are_given_page_by_page(client: Client) -> None:
    fresh(*(seen(f"192.0.2.{last}") for last in range(1, 6)), seen("192.0.2.9", place=BRAZIL))
    first = client.get("/api/leads?limit=3&sort=last").json()
    rest = client.get(f"/api/leads?limit=3&sort=last&after={quote(first['next'])}").json()
    found = {lead["address"] for lead in first["leads"] + rest["leads"]}
    assert found == {f"192.0.2.{last}" for last in range(1, 6)}
    assert rest["next"] is None
    entry = JournalEntry.objects.filter(deed="api.leads").last()
    assert entry is not None
    assert entry.purpose == "nightly report"


def test_one_lead_and_its_sightings_are_journalled_like_its_page(client: Client) -> None:
    fresh(seen())
    lead = Lead.objects.get()
    told = client.get(f"/api/leads/{lead.pk}").json()
    assert (told["address"], told["grade"], told["resolvable"]) == ("192.0.2.1", "stated", True)
    assert "identifier" not in json.dumps(told)
    (sighting,) = client.get(f"/api/leads/{lead.pk}/sightings").json()
    assert sighting["position"] == lead.references.get().position
    assert JournalEntry.objects.filter(deed="lead.opened", subject=str(lead.pk)).count() == 2


def test_without_a_purpose_there_is_no_answer(client: Client) -> None:
    fresh(seen())
    del client.defaults["HTTP_X_PURPOSE"]
    for path in ("/api/leads", f"/api/leads/{Lead.objects.get().pk}"):
        assert client.get(path).status_code == 422


@pytest.mark.django_db(databases=["default", "catalogue"])
def test_the_catalogue_is_counted_and_names_nothing(client: Client) -> None:
    told = client.get("/api/catalogue/statistics").json()
    assert told == {"sources": 0, "revisions": 0, "entries": 0, "identifiers": 0}


def test_a_token_opens_no_more_than_its_officer_may(client: Client, carla: Officer) -> None:
    hers = Officer.objects.filter(pk=carla.pk)
    for lost in ({"trained_until": None}, {"agreed_at": None}, {"totp_secret": ""},
                 {"is_active": False}):  # fmt: skip
        before = hers.values(*lost).get()
        hers.update(**lost)
        assert client.get("/api/leads").status_code == 401, lost
        hers.update(**before)
    assert client.get("/api/leads").status_code == 200
    adela = officer("adela", Role.ADMINISTRATOR, of=carla.unit)
    token = make_token(officer=adela, label="x", by=adela, now=timezone.now())
    answer = Client().get("/api/leads", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer lzr_\x7f"])
def test_a_guessed_token_opens_nothing(db: None, token: str) -> None:  # noqa: ARG001
    headers = {"authorization": token, "x-purpose": "triage"}
    assert Client().get("/api/leads", headers=headers).status_code == 401


def test_the_description_is_openapi_3_1_and_names_every_answer() -> None:
    told = Client().get("/api/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert set(told["paths"]) == {
        "/api/leads", "/api/leads/{lead_id}", "/api/leads/{lead_id}/sightings",
        "/api/catalogue/statistics",
    }  # fmt: skip
    for operations in told["paths"].values():
        assert {"200", "401"} <= set(operations["get"]["responses"])


def test_an_expired_token_opens_nothing(carla: Officer) -> None:
    Officer.objects.filter(pk=carla.pk).update(totp_secret="x")
    past = timezone.now() - timedelta(days=91)
    token = make_token(officer=carla, label="x", by=carla, now=past)
    headers = {"authorization": f"Bearer {token}", "x-purpose": "triage"}
    assert Client().get("/api/leads", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("mark", "status"),
    [
        ("x", 422),
        ("score~1.0", 422),
        (f"last~2026-01-01~{UUID(int=7)}", 409),  # of another order
        (f"score~1.0.0~{UUID(int=7)}", 409),
    ],
)
def test_a_mark_that_was_not_given_for_this_list_is_refused(
    client: Client, mark: str, status: int
) -> None:
    answer = client.get(f"/api/leads?after={quote(mark)}")
    assert answer.status_code == status
    assert "after" in str(answer.json()["detail"])


def test_the_example_in_the_documentation_prints_every_lead_once(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh(*(seen(f"192.0.2.{last}") for last in range(1, 8)))
    text = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    asked = []

    def urlopen(request: Request, timeout: float) -> BytesIO:
        assert timeout > 0
        asked.append(request.selector)
        answer = Client().get(request.selector, headers=dict(request.header_items()))
        assert answer.status_code == 200, answer.content
        return BytesIO(answer.content)

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    monkeypatch.setenv("LUZEIRO_HUB", "https://portal.example")
    token = client.defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    monkeypatch.setenv("LUZEIRO_TOKEN", token)
    # The very text, but for the size of a page: so that seven leads are three of them.
    exec(program.replace("limit=500", "limit=3"), {"__name__": "example"})
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert sorted(row[0] for row in rows) == [f"192.0.2.{last}" for last in range(1, 8)]
    assert {row[2] for row in rows} == {"True"}
    assert len(asked) == 3
