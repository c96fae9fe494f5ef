import hashlib
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from luzeiro.casework.leads.material import Place
from luzeiro.casework.reports.models import Report
from luzeiro.casework.reports.written import read_json
from tests.casework.world import a_lead, seen

pytestmark = pytest.mark.django_db(databases=["default", "catalogue"])


def test_it_writes_both_forms_of_a_report_that_the_hub_keeps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lead = a_lead(seen(place=Place(country="BR", region="BR-SP")))
    call_command("lead_report", str(lead.pk), "--into", str(tmp_path))
    kept = Report.objects.get()
    assert capsys.readouterr().out.strip() == kept.reference
    assert (kept.language, kept.drawn_by) == ("pt", None)  # as Brazil's papers are
    pdf = (tmp_path / "report.pdf").read_bytes()
    assert hashlib.sha256(pdf).hexdigest() == kept.pdf_sha256
    assert read_json((tmp_path / "report.json").read_bytes()).lead == lead.pk


def test_another_language_can_be_asked_for(tmp_path: Path) -> None:
    lead = a_lead()
    call_command("lead_report", str(lead.pk), "--into", str(tmp_path), "--language", "en")
    assert Report.objects.get().language == "en"


def test_a_lead_that_is_not_there_is_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No lead has the id"):
        call_command("lead_report", str(uuid4()), "--into", str(tmp_path))
    assert list(tmp_path.iterdir()) == []
