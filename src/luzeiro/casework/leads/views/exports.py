"""Lists that leave the building: asked with a purpose, approved by another, taken once."""

import csv
import io

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from luzeiro.casework.leads.access import export_for, exports_of, leads_of, own_export_for
from luzeiro.casework.leads.filters import LeadFilter
from luzeiro.casework.leads.forms import ExportForm
from luzeiro.casework.leads.models import Export, Lead
from luzeiro.casework.leads.services import approve_export, ask_export, take_export
from luzeiro.casework.officers.models import Role
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.refusals import Refusal

MOST = 10_000
COLUMNS = (
    "lead",
    "address",
    "country",
    "region",
    "first_seen_at",
    "last_seen_at",
    "grade",
    "category",
    "files",
    "sightings",
    "days",
    "score",
    "resolvable",
    "doubts",
    "state",
)


@require_safe
def listed(request: OfficerRequest) -> HttpResponse:
    shown = {
        "exports": exports_of(request.user)[:100],
        "supervises": Role.SUPERVISOR in request.user.roles,
    }
    return render(request, "leads/exports.html", shown)


@require_POST
def ask(request: OfficerRequest) -> HttpResponse:
    form = ExportForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a purpose."))
        return redirect("leads:list")
    query = form.cleaned_data["query"]
    asked = LeadFilter.read(QueryDict(query))
    leads = asked.apply(leads_of(request.user), request.user, timezone.now())[:MOST].count()
    ask_export(query=query, leads=leads, purpose=form.told(), by=request.user, now=timezone.now())
    messages.success(request, _("Asked. Another supervisor of your unit must approve it."))
    return redirect("leads:exports")


@require_POST
def approve(request: OfficerRequest, export_id: int) -> HttpResponse:
    export = export_for(request.user, export_id)
    try:
        approve_export(export=export, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
    return redirect("leads:exports")


@require_POST
def take(request: OfficerRequest, export_id: int) -> HttpResponse:
    export = own_export_for(request.user, export_id)
    try:
        take_export(export=export, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, refusal.for_people())
        return redirect("leads:exports")
    response = HttpResponse(_written(request, export), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="leads-{export.pk}.csv"'
    return response


def _written(request: OfficerRequest, export: Export) -> str:
    asked = LeadFilter.read(QueryDict(export.query))
    leads = asked.apply(leads_of(request.user), export.asked_by, timezone.now())[:MOST]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(COLUMNS)
    for lead in leads:
        writer.writerow([_cell(value) for value in _row(lead)])
    return out.getvalue()


def _row(lead: Lead) -> list[str]:
    return [
        str(lead.pk),
        lead.address,
        lead.country,
        lead.region,
        lead.first_seen_at.isoformat(),
        lead.last_seen_at.isoformat(),
        lead.grade,
        lead.category,
        str(lead.entries),
        str(lead.sightings),
        str(lead.days),
        f"{lead.score:.1f}",
        "yes" if lead.resolvable else "no",
        "; ".join(lead.doubts),
        lead.state,
    ]


def _cell(value: str) -> str:
    # A spreadsheet takes these for the beginning of a formula (OWASP, "CSV Injection").
    return f"'{value}" if value.startswith(("=", "+", "-", "@")) else value
