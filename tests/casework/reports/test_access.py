import pytest
from django.http import Http404

from luzeiro.casework.officers.models import Officer
from luzeiro.casework.reports.access import report_for, reports_of
from tests.casework.reports.cases import report
from tests.casework.world import a_lead, seen

pytestmark = pytest.mark.django_db(databases=["default", "catalogue"])


def test_a_leads_reports_are_its_own_the_newest_first(ana: Officer) -> None:
    lead = a_lead()
    first, second = report(ana, lead), report(ana, lead, language="es")
    report(ana, a_lead(seen("192.0.2.2")))
    assert set(reports_of(ana, lead)) == {first, second}
    assert report_for(ana, first.pk) == first


def test_another_units_report_is_404(ana: Officer, elisa: Officer) -> None:
    made = report(ana)
    assert not reports_of(elisa, made.lead).exists()
    with pytest.raises(Http404):
        report_for(elisa, made.pk)
