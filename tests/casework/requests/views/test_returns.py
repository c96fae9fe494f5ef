import csv
import io
import json
from dataclasses import asdict

from django.core.files.uploadedfile import SimpleUploadedFile

from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.requests.models import Provider, Return
from luzeiro.casework.requests.returns import COLUMNS, Answer
from tests.casework.requests.cases import TODAY, answers, lead, provider, returned, sent
from tests.casework.world import officer, signed_in


def as_csv(told: list[Answer]) -> SimpleUploadedFile:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(asdict(one) for one in told)
    return SimpleUploadedFile("answer.csv", out.getvalue().encode())


def test_an_answer_is_taken_in_and_shown_for_a_purpose(ana: Officer, carla: Officer) -> None:
    provider(carla, now=TODAY)
    made = sent(lead(at=TODAY), by=ana, approver=carla, at=TODAY)
    client = signed_in(ana)
    sent_in = {"answer": as_csv(answers(made))}
    told = client.post(f"/requests/{made.pk}/return", sent_in, follow=True)
    assert "every line repeats what was asked" in told.content.decode()
    back = Return.objects.get()
    assert "Sample Person" not in client.get(f"/returns/{back.pk}").content.decode()
    page = client.post(f"/returns/{back.pk}", {"purpose": "investigation"}).content.decode()
    assert "Sample Person" in page
    assert "Sample Street 1" in page
    assert "Other Street 2" in page


def test_json_and_a_typed_line_are_taken_in_as_well(ana: Officer, carla: Officer) -> None:
    provider(carla, now=TODAY)
    made = sent(lead(at=TODAY, days=1), by=ana, approver=carla, at=TODAY)
    client = signed_in(ana)
    told = json.dumps({"answers": [asdict(one) for one in answers(made)]}).encode()
    client.post(f"/requests/{made.pk}/return", {"answer": SimpleUploadedFile("a.JSON", told)})
    client.post(f"/requests/{made.pk}/return/typed", asdict(answers(made)[0]))
    assert {(one.form, one.usable) for one in Return.objects.all()} == {
        ("json", True),
        ("form", True),
    }


def test_a_mismatch_is_blocked_and_says_what_is_wrong(ana: Officer, carla: Officer) -> None:
    provider(carla, now=TODAY)
    made = sent(lead(at=TODAY), by=ana, approver=carla, at=TODAY)
    sent_in = {"answer": as_csv(answers(made, port="1"))}
    told = signed_in(ana).post(f"/requests/{made.pk}/return", sent_in, follow=True)
    page = told.content.decode()
    assert "Blocked: the answer does not repeat what was asked" in page
    assert "It does not repeat the port." in page
    assert "Sample Person" not in page


def test_what_cannot_be_read_says_why_and_is_not_taken_in(ana: Officer, carla: Officer) -> None:
    provider(carla, now=TODAY)
    made = sent(lead(at=TODAY), by=ana, approver=carla, at=TODAY)
    for name, data in (("a.csv", b"\xff"), ("a.json", b"{"), ("a.csv", b"colour\nred\n")):
        told = signed_in(ana).post(
            f"/requests/{made.pk}/return", {"answer": SimpleUploadedFile(name, data)}, follow=True
        )
        assert "The answer cannot be read" in told.content.decode()
    signed_in(ana).post(f"/requests/{made.pk}/return", {})
    signed_in(ana).post(f"/requests/{made.pk}/return/typed", {"line": "1"})
    assert not Return.objects.exists()


def test_who_does_not_work_the_lead_sees_no_person(
    ana: Officer, carla: Officer, elisa: Officer, buenos_aires: Unit
) -> None:
    provider(carla, now=TODAY)
    back = returned(sent(lead(at=TODAY), by=ana, approver=carla, at=TODAY), ana, TODAY)
    bruno = signed_in(officer("bruno", Role.INVESTIGATOR, of=buenos_aires))
    assert "Only those who work the lead" in bruno.get(f"/returns/{back.pk}").content.decode()
    assert bruno.post(f"/returns/{back.pk}", {"purpose": "triage"}).status_code == 404
    assert signed_in(elisa).get(f"/returns/{back.pk}").status_code == 404
    assert signed_in(ana).post(f"/returns/{back.pk}", {"purpose": ""}).status_code == 422


def test_a_supervisor_verifies_a_provider_and_an_investigator_does_not(
    ana: Officer, carla: Officer
) -> None:
    told = {
        "asn": "64501",
        "country": "ar",
        "organisation": "Invented",
        "contact": "legal@example.net",
        "retention_days": "90",
    }
    assert signed_in(ana).post("/requests/providers", told).status_code == 404
    signed_in(carla).post("/requests/providers", told)
    signed_in(carla).post("/requests/providers", {**told, "contact": "new@example.net"})
    assert Provider.objects.get().contact == "new@example.net"
    page = signed_in(ana).get("/requests/providers").content.decode()
    assert "AS64501" in page
    assert signed_in(carla).post("/requests/providers", {}).status_code == 422
