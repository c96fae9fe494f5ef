"""The one door to reports: that of their leads."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.reports.models import Report


def reports_of(officer: Officer, lead: Lead) -> QuerySet[Report]:
    """A lead's reports, the newest first."""
    found = Report.objects.visible_to(officer).filter(lead=lead)
    return found.select_related("drawn_by", "unit").defer("pdf", "document")


def report_for(officer: Officer, report_id: UUID) -> Report:
    """Give the report, or 404: that another unit has its lead is itself a secret."""
    return get_object_or_404(
        Report.objects.visible_to(officer).select_related("lead"), pk=report_id
    )
