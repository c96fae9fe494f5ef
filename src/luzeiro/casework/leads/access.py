"""The one door to leads."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from luzeiro.casework.leads.models import Export, Lead
from luzeiro.casework.officers.models import Officer, Role, Unit

PURPOSE_LIVES = timedelta(hours=8)


def leads_of(officer: Officer) -> QuerySet[Lead]:
    """Every lead that the officer may see."""
    return Lead.objects.visible_to(officer).select_related("unit", "assigned_to")


def listed_of(officer: Officer) -> QuerySet[Lead]:
    """The same for lists, which name no unit: joined to it, a database sorts all of its leads."""
    return Lead.objects.visible_to(officer).select_related("assigned_to")


def units_seen(officer: Officer) -> list[Unit | None]:
    """Whose leads the officer may see; None: leads of no unit."""
    return [officer.unit, None] if Role.COORDINATOR in officer.roles else [officer.unit]


def lead_for(officer: Officer, lead_id: UUID) -> Lead:
    """Give the lead, or 404: that another unit has a lead is itself a secret."""
    return get_object_or_404(leads_of(officer), pk=lead_id)


def exports_of(officer: Officer) -> QuerySet[Export]:
    """Exports of the officer's unit: a supervisor's all, anybody's own."""
    found = Export.objects.filter(asked_by__unit=officer.unit).select_related(
        "asked_by", "approved_by"
    )
    return found if Role.SUPERVISOR in officer.roles else found.filter(asked_by=officer)


def export_for(officer: Officer, export_id: int) -> Export:
    return get_object_or_404(exports_of(officer), pk=export_id)


def own_export_for(officer: Officer, export_id: int) -> Export:
    """Only whoever asked for an export takes it out."""
    return get_object_or_404(exports_of(officer), pk=export_id, asked_by=officer)
