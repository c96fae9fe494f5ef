import json

import pytest
from django.test import Client

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.builder import recall
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.summary import summary
from luzeiro.casework.officers.models import Officer, Role
from luzeiro.casework.paper.typeset import text_of
from luzeiro.casework.reports.models import Report
from luzeiro.casework.reports.papers import squeezed
from luzeiro.casework.reports.written import read_json
from tests.casework.reports.cases import report
from tests.casework.world import NOW, a_lead, officer, seen, signed_in

pytestmark = pytest.mark.django_db(databases=["default", "catalogue"])


def under_a_purpose(of: Officer, lead: Lead, *, fresh: bool = True) -> Client:
    client = signed_in(of, fresh=fresh)
    client.post(f"/leads/{lead.pk}/purpose", {"purpose": "investigation", "reference": "12"})
    return client


def test_a_report_is_drawn_up_and_taken_in_the_language_asked_for(ana: Officer) -> None:
    lead = a_lead()
    client = under_a_purpose(ana, lead)
    path = f"/leads/{lead.pk}/reports"
    assert client.post(path, {"language": "pt"}).status_code == 302
    made = Report.objects.get()
    assert made.reference in client.get(path).content.decode()
    pdf = client.post(f"/reports/{made.pk}/take/pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert f'filename="{made.reference}.pdf"' in pdf["Content-Disposition"]
    assert squeezed("Relatório do investigador") in squeezed(text_of(pdf.content))
    told = client.post(f"/reports/{made.pk}/take/json")
    assert json.loads(told.content)["report"]["language"] == "pt"
    entry = JournalEntry.objects.filter(deed="report.taken")[0]
    assert (entry.actor, entry.purpose.partition(":")[0]) == (ana, "investigation")


def test_page_and_report_say_the_same_words(ana: Officer) -> None:
    lead = a_lead(seen(), seen(entry=8))
    client = under_a_purpose(ana, lead)
    page = client.get(f"/leads/{lead.pk}/reports").content.decode()
    made = report(ana, lead)
    said = json.loads(made.document)["sentences"]
    for sentence in said["observed"]:
        assert sentence in summary(lead)
        assert sentence.split("'")[0] in page
    for sentence in said["limits"]:
        assert sentence.split("'")[0] in page


def test_no_purpose_no_report(ana: Officer) -> None:
    lead = a_lead()
    made, client = report(ana, lead), signed_in(ana)
    for answer in (
        client.get(f"/leads/{lead.pk}/reports"),
        client.post(f"/leads/{lead.pk}/reports", {"language": "en"}),
        client.post(f"/reports/{made.pk}/take/pdf"),
    ):
        assert (answer.status_code, answer["Location"]) == (302, f"/leads/{lead.pk}")
    assert Report.objects.count() == 1
    assert not JournalEntry.objects.filter(deed="report.taken").exists()


def test_taking_one_asks_for_the_second_factor_again_drawing_one_up_does_not(ana: Officer) -> None:
    lead = a_lead()
    client = under_a_purpose(ana, lead, fresh=False)
    client.post(f"/leads/{lead.pk}/reports", {"language": "en"})
    answer = client.post(f"/reports/{Report.objects.get().pk}/take/pdf")
    assert answer["Location"].startswith("/confirm")


def test_another_units_lead_and_its_reports_are_404(ana: Officer, elisa: Officer) -> None:
    lead = a_lead()
    made, client = report(ana, lead), signed_in(elisa)
    assert client.get(f"/leads/{lead.pk}/reports").status_code == 404
    assert client.post(f"/leads/{lead.pk}/reports", {"language": "en"}).status_code == 404
    assert client.post(f"/reports/{made.pk}/take/pdf").status_code == 404
    auditor = signed_in(officer("ivo", Role.AUDITOR, of=ana.unit))
    assert auditor.get(f"/leads/{lead.pk}/reports").status_code == 404


def test_another_form_or_language_is_refused(ana: Officer) -> None:
    lead = a_lead()
    made, client = report(ana, lead), under_a_purpose(ana, lead)
    assert client.post(f"/reports/{made.pk}/take/docx").status_code == 404
    assert client.get(f"/reports/{made.pk}/take/pdf").status_code == 405
    assert client.post(f"/leads/{lead.pk}/reports", {"language": "fr"}).status_code == 422


def test_a_recalled_lead_gets_no_report_and_is_told_why(ana: Officer) -> None:
    lead = a_lead()
    client = under_a_purpose(ana, lead)
    recall([7], reason="votes withdrawn", now=NOW)
    page = client.post(f"/leads/{lead.pk}/reports", {"language": "en"}, follow=True)
    assert "Votes behind this lead were withdrawn" in page.content.decode()
    assert not Report.objects.exists()


def test_a_report_that_was_kept_stays_as_it_was_whatever_happens_to_the_lead(ana: Officer) -> None:
    lead = a_lead()
    made = report(ana, lead)
    recall([7], reason="votes withdrawn", now=NOW)
    assert read_json(Report.objects.get(pk=made.pk).document).sightings_in_all == 1
