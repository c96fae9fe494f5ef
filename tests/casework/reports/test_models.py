import pytest
from django.db import IntegrityError

from luzeiro.casework.officers.models import Officer, Role, Unit
from luzeiro.casework.reports.models import Report
from tests.casework.reports.cases import report
from tests.casework.world import NOW, officer

pytestmark = pytest.mark.django_db(databases=["default", "catalogue"])


def test_a_report_is_seen_by_whoever_sees_its_lead(
    ana: Officer, elisa: Officer, sao_paulo: Unit
) -> None:
    made = report(ana)
    assert list(Report.objects.visible_to(ana)) == [made]
    assert not Report.objects.visible_to(elisa).exists()
    assert not Report.objects.visible_to(officer("ivo", Role.AUDITOR, of=ana.unit)).exists()
    made.lead.unit = sao_paulo
    made.lead.save()
    assert list(Report.objects.visible_to(elisa)) == [made]


def test_a_reference_names_one_report(ana: Officer) -> None:
    made = report(ana)
    with pytest.raises(IntegrityError):
        Report.objects.create(
            reference=made.reference, lead=made.lead, unit=made.unit, language="en",
            document="", pdf=b"", drawn_at=NOW,
        )  # fmt: skip
