"""Reports that go through the database."""

from datetime import datetime
from pathlib import Path

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.reports.models import Report
from luzeiro.casework.reports.services import draw_up
from tests.casework.world import NOW, a_lead

NO_HOME = Path("/nonexistent")


def report(
    by: Officer, of: Lead | None = None, *, language: str = "en", at: datetime = NOW
) -> Report:
    return draw_up(
        lead=of or a_lead(), language=language, purpose="court", by=by, home=NO_HOME, now=at
    )
