"""Who may go where, route by route, generated from the URL resolver.

A route that no line of routes.py names fails here; so does one that lets in a role it should not.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from luzeiro.casework.deconfliction.services import claim_address, offer
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.services import add_task, ask_export, save_view
from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.officers.tokens import make_token
from luzeiro.casework.operations.ledger import add_outcome
from luzeiro.casework.operations.outcomes import What
from luzeiro.casework.operations.services import invite
from luzeiro.casework.requests.models import Request, Return
from luzeiro.portal.routes import CASE, ROUTES, Route, Stage
from tests.casework.operations.cases import coordinator, entered, operation, target
from tests.casework.reports.cases import report
from tests.casework.world import NOW, a_lead, officer, seen, signed_in

ROLES = tuple(Role)
# Where an object is named, and nothing else decides: an object of another unit is 404 there.
OWNED = {"lead_id", "claim_id", "transfer_id", "view_id", "export_id", "token_id", "task_id",
         "sighting_id", "certificate_id", "passkey_id", "request_id", "return_id", "operation_id",
         "target_id", "outcome_id", "invitation_id", "report_id"}  # fmt: skip


def routes() -> Iterator[tuple[str, dict[str, str]]]:
    """Every route's full name, and what its path names, with the converter of each."""

    def walk(
        patterns: list[URLPattern | URLResolver], space: str, above: dict[str, str]
    ) -> Iterator[tuple[str, dict[str, str]]]:
        for one in patterns:
            named = above | {
                key: type(converter).__name__
                for key, converter in getattr(one.pattern, "converters", {}).items()
            }
            if isinstance(one, URLResolver):
                inner = one.namespace or ""
                below = f"{space}{inner}:" if inner else space
                yield from walk(one.url_patterns, below, named)
            elif one.name != "api-root":  # ninja's own front page: not listed, so 404
                yield f"{space}{one.name}", named

    yield from walk(get_resolver().url_patterns, "", {})


ALL = dict(routes())


def test_every_route_is_listed_and_every_line_is_a_route() -> None:
    assert set(ALL) == set(ROUTES)


@pytest.mark.django_db
def test_what_is_not_listed_is_not_there() -> None:
    assert Client().get("/api/").status_code == 404


def test_no_route_about_a_case_lets_in_who_works_none() -> None:
    for name, route in ROUTES.items():
        if name.startswith(("leads:", "deconfliction:", "requests:", "operations:", "reports:")):
            assert route.stage is Stage.ADMITTED, name
            assert route.roles, name
            assert route.roles <= CASE, name


def test_administrators_and_auditors_pages_are_theirs_alone() -> None:
    assert ROUTES["journal:list"].roles == {Role.AUDITOR}
    for name in ("officers:people", "officers:units", "machines"):
        assert ROUTES[name].roles == {Role.ADMINISTRATOR}


def path_of(name: str, objects: dict[str, object]) -> str:
    wanted = {
        key: objects.get(key) or (uuid4() if kind == "UUIDConverter" else 999_999)
        for key, kind in ALL[name].items()
    }
    if "token" in wanted:
        wanted["token"] = "guess"
    return reverse(name, kwargs=wanted)


def may(route: Route, role: Role) -> bool:
    return not route.roles or role in route.roles


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_its_routes_and_404_on_all_others(role: Role, buenos_aires: Unit) -> None:
    client = signed_in(officer("x", role, of=buenos_aires))
    client.raise_request_exception = False
    for name, route in ROUTES.items():
        if route.stage is not Stage.ADMITTED:
            continue
        for method in (client.get, client.post):
            status = method(path_of(name, {})).status_code
            if may(route, role):
                assert status in (200, 302, 404, 405, 422), (name, status)
            else:
                assert status == 404, (name, status)
        if may(route, role) and not set(ALL[name]):
            statuses = {client.get(path_of(name, {})).status_code,
                        client.post(path_of(name, {})).status_code}  # fmt: skip
            assert statuses - {404}, name


def test_nobody_gets_in_without_signing_in(db: None) -> None:  # noqa: ARG001
    client = Client()
    for name, route in ROUTES.items():
        if route.stage in (Stage.ADMITTED, Stage.SIGNED_IN, Stage.PENDING):
            answer = client.get(path_of(name, {}))
            if route.unattended:
                assert (answer.status_code, answer.content) == (401, b""), name
                continue
            assert answer.status_code == 302, name
            assert answer["Location"].startswith("/sign-in"), name
        if route.stage is Stage.TOKEN and name != "api:openapi-json":
            assert client.get(path_of(name, {})).status_code == 401, name


def of_operations(carla: Officer, third: Officer) -> dict[str, object]:
    """A request, what came back, and an operation with a target and what came of it."""
    ana = officer("ana", Role.INVESTIGATOR, of=carla.unit)
    coordinates = coordinator(carla.unit)
    found = operation(coordinates)
    one = entered(target(found, ana, address="192.0.2.9"), ana, carla)
    outcome = add_outcome(target=one, what=What.ARREST, count=1, by=ana, now=NOW)
    return {
        "request_id": Request.objects.get().pk,
        "return_id": Return.objects.get().pk,
        "operation_id": found.pk,
        "target_id": one.pk,
        "outcome_id": outcome.pk,
        "invitation_id": invite(operation=found, unit=third.unit, by=coordinates, now=NOW).pk,
        "report_id": report(ana, one.lead).pk,
    }


@pytest.mark.django_db(databases=["default", "catalogue"])
def test_an_object_of_another_unit_is_404_everywhere(carla: Officer, sao_paulo: Unit) -> None:
    lead = a_lead()
    Lead.objects.update(expires_at=datetime.now(UTC) + timedelta(days=9))
    claim = claim_address(address=lead.address, by=carla, now=NOW)
    third = officer("hugo", Role.SUPERVISOR, of=Unit.objects.create(name="Quito", country="EC"))
    objects: dict[str, object] = {
        "lead_id": lead.pk,
        "sighting_id": lead.references.get().sighting_id,
        "claim_id": claim.pk,
        "transfer_id": offer(claim=claim, to=third.unit, reason="x", by=carla, now=NOW).pk,
        "view_id": save_view(name="mine", query="", by=carla).pk,
        "export_id": ask_export(query="", leads=1, purpose="x", by=carla, now=NOW).pk,
        "task_id": add_task(lead=lead, text="x", due_on=None, by=carla, now=NOW).pk,
        **of_operations(carla, third),
    }
    make_token(officer=carla, label="x", by=carla, now=NOW)
    objects["token_id"] = carla.tokens.get().pk
    stranger = officer("stranger", *CASE, of=sao_paulo)
    client, tried = signed_in(stranger), set()
    for name in ROUTES:
        owned = set(ALL[name]) & OWNED & set(objects)
        if not owned or name.startswith("api:"):
            continue
        tried |= owned
        path = path_of(name, objects)
        assert {client.get(path).status_code, client.post(path).status_code} <= {404, 405}, name
        assert 404 in {client.get(path).status_code, client.post(path).status_code}, name
    assert tried == set(objects)
    token = make_token(officer=third, label="x", by=third, now=datetime.now(UTC))
    headers = {"authorization": f"Bearer {token}", "x-purpose": "triage"}
    Officer.objects.filter(pk=third.pk).update(totp_secret="x")
    for name in ("api:lead", "api:lead-sightings"):
        assert Client().get(path_of(name, objects), headers=headers).status_code == 404, name


def test_another_units_lead_is_in_no_list_no_map_and_no_search(elisa: Officer) -> None:
    a_lead(seen("192.0.2.77"))
    Lead.objects.update(expires_at=datetime.now(UTC) + timedelta(days=9))
    client = signed_in(elisa)
    for path in ("/leads/", "/leads/?address=192.0.2.77", "/leads/map", "/leads/?state=new"):
        told = client.get(path).content.decode()
        assert "No lead fits" in told, path
    sent = {"address": "192.0.2.77", "purpose": "triage"}
    answer = client.post("/addresses/check", sent).content.decode()
    assert "Nobody in this hub works this address" in answer
    assert "A lead of yours" not in answer
