import hashlib

import pytest

from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.builder import build
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.sample import SampleWorld
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.paper.phrases import LANGUAGES
from luzeiro.casework.paper.rows import Misread
from luzeiro.casework.reports import services
from luzeiro.casework.reports.document import Overstated
from luzeiro.casework.reports.models import Report
from luzeiro.casework.reports.refusals import ReportRefused
from luzeiro.casework.reports.services import draw_up, take
from luzeiro.casework.reports.written import read_json
from tests.casework.reports.cases import NO_HOME, report
from tests.casework.world import NOW, a_lead

pytestmark = pytest.mark.django_db(databases=["default", "catalogue"])


def test_a_report_is_kept_in_both_forms_and_the_journal_keeps_their_digests(ana: Officer) -> None:
    made = report(ana)
    document = read_json(made.document)
    assert (document.reference, document.drawn_by) == (made.reference, "Ana")
    assert made.sha256 == hashlib.sha256(made.document.encode()).hexdigest()
    assert made.pdf_sha256 == hashlib.sha256(bytes(made.pdf)).hexdigest()
    entry = JournalEntry.objects.get(deed="report.drawn-up")
    assert (entry.actor, entry.purpose, entry.subject) == (ana, "court", str(made.lead_id))
    assert entry.facts["pdf_sha256"] == made.pdf_sha256
    assert entry.facts["json_sha256"] == made.sha256


def test_every_lead_of_the_sample_that_stands_can_be_reported_in_some_language(
    ana: Officer,
) -> None:
    world = SampleWorld(NOW)
    some = sorted(world.addresses_in(world.segments()[0]))[:9]
    build(some, world, now=NOW, sample=True)
    for number, lead in enumerate(Lead.objects.all()):
        made = report(ana, lead, language=LANGUAGES[number % 3])
        assert read_json(made.document).sample


def test_each_taking_is_journalled_with_its_form(ana: Officer) -> None:
    made = report(ana)
    pdf = take(report=made, form="pdf", purpose="court", by=ana, now=NOW)
    told = take(report=made, form="json", purpose="court", by=ana, now=NOW)
    assert hashlib.sha256(pdf).hexdigest() == made.pdf_sha256
    assert read_json(told).reference == made.reference
    taken = JournalEntry.objects.filter(deed="report.taken").order_by("pk")
    assert [one.facts["form"] for one in taken] == ["pdf", "json"]


def test_the_hub_draws_one_up_for_a_package_in_the_name_of_the_leads_unit(ana: Officer) -> None:
    made = draw_up(lead=a_lead(), language="es", purpose="package", by=None, home=NO_HOME, now=NOW)
    assert (made.drawn_by, made.unit) == (None, ana.unit)
    assert read_json(made.document).drawn_by == "Luzeiro"
    assert JournalEntry.objects.get(deed="report.drawn-up").actor is None


@pytest.mark.usefixtures("ana")
def test_the_hubs_report_of_a_lead_that_no_unit_has_is_in_its_own_name() -> None:
    lead = a_lead()
    Lead.objects.update(unit=None)
    lead.refresh_from_db()
    made = draw_up(lead=lead, language="es", purpose="x", by=None, home=NO_HOME, now=NOW)
    assert made.unit is None
    assert read_json(made.document).unit.name == "Luzeiro"


@pytest.mark.parametrize("error", [Misread("another port"), Overstated("more than there is")])
def test_what_does_not_read_back_is_not_kept(
    ana: Officer, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def seal(_document: object) -> None:
        raise error

    monkeypatch.setattr(services, "seal", seal)
    with pytest.raises(ReportRefused, match=str(error)):
        report(ana)
    assert not Report.objects.exists()
    assert not JournalEntry.objects.filter(deed__startswith="report.").exists()
