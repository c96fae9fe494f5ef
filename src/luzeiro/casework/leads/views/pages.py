"""The lead page. Each opening has a purpose, and the journal keeps it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from luzeiro.casework.deconfliction.services import notice_for, standing_claim
from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.access import PURPOSE_LIVES, lead_for, leads_of
from luzeiro.casework.leads.forms import (
    AssignForm,
    CloseForm,
    NoteForm,
    PurposeForm,
    TaskForm,
    UnitChoiceForm,
)
from luzeiro.casework.leads.hub import material_of_lead
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.ranking import Weighing
from luzeiro.casework.leads.services import open_lead, reveal
from luzeiro.casework.leads.summary import summary
from luzeiro.casework.leads.transcripts import readable
from luzeiro.casework.officers.models import Role
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.sightings.store import StoreError

TABS = ("summary", "timeline", "files", "installs", "network", "exchange", "custody", "notes")


@require_safe
def lead(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    """Ask why first; then show, under the purpose given."""
    found = lead_for(request.user, lead_id)
    why = purpose_in_force(request, found, timezone.now())
    notice = notice_for(found.address, request.user)
    if why is None:
        shown = {"lead": found, "form": PurposeForm(), "notice": notice}
        return render(request, "leads/purpose.html", shown)
    tab = request.GET.get("tab", "summary")
    tab = tab if tab in TABS else "summary"
    shown = {
        "lead": found,
        "tab": tab,
        "tabs": _tabs(),
        "why": why,
        "notice": notice,
        "now": timezone.now(),
        "claim": standing_claim(found.address),
        "zone": zone_of(found),
        "assign_form": AssignForm(officer=request.user),
        "close_form": CloseForm(),
        "unit_form": UnitChoiceForm(),
        "supervises": Role.SUPERVISOR in request.user.roles,
        "coordinates": Role.COORDINATOR in request.user.roles,
        **_of_tab(request, found, tab),
    }
    return render(request, "leads/lead.html", shown)


@require_POST
def purpose(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    found = lead_for(request.user, lead_id)
    form = PurposeForm(request.POST)
    if not form.is_valid():
        shown = {"lead": found, "form": form, "notice": notice_for(found.address, request.user)}
        return render(request, "leads/purpose.html", shown, status=422)
    now = timezone.now()
    open_lead(lead=found, purpose=form.told(), by=request.user, now=now)
    purposes = request.session.setdefault("purposes", {})
    purposes[str(lead_id)] = [form.told(), now.timestamp()]
    request.session.modified = True
    return redirect("leads:lead", lead_id)


@require_POST
def reveal_identifiers(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    """Show full identifiers in this answer, and in this answer only."""
    found = lead_for(request.user, lead_id)
    why = purpose_in_force(request, found, timezone.now())
    if why is None:
        return redirect("leads:lead", lead_id)
    reveal(lead=found, what="identifiers", purpose=why, by=request.user, now=timezone.now())
    return render(request, "leads/revealed.html", {"lead": found, "files": found.files.all()})


@require_safe
def exchange(request: OfficerRequest, lead_id: UUID, sighting_id: UUID) -> HttpResponse:
    """The bytes that one sighting rests on."""
    found = lead_for(request.user, lead_id)
    reference = get_object_or_404(found.references, sighting_id=sighting_id)
    why = purpose_in_force(request, found, timezone.now())
    if why is None:
        return redirect("leads:lead", lead_id)
    try:
        raw = material_of_lead(found).exchange(bytes.fromhex(reference.segment), reference.position)
    except StoreError as error:
        raise Http404 from error
    reveal(
        lead=found, what=f"exchange {sighting_id}", purpose=why, by=request.user, now=timezone.now()
    )
    shown = {
        "lead": found,
        "reference": reference,
        "zone": zone_of(found),
        "transcripts": readable(raw) if raw is not None else None,
    }
    return render(request, "leads/exchange.html", shown)


def purpose_in_force(request: OfficerRequest, found: Lead, now: datetime) -> str | None:
    """The purpose given for this lead in this session, for eight hours."""
    given: list[str | float] | None = request.session.get("purposes", {}).get(str(found.pk))
    if given is None or now.timestamp() - float(given[1]) > PURPOSE_LIVES.total_seconds():
        return None
    return str(given[0])


def zone_of(found: Lead) -> str:
    """The time zone of the lead's unit, for want of the place's own."""
    return found.unit.time_zone if found.unit else "UTC"


def _tabs() -> list[tuple[str, str]]:
    titles = (
        _("Summary"),
        _("Timeline"),
        _("Files"),
        _("Installs"),
        _("Network"),
        _("Raw exchange"),
        _("Custody"),
        _("Notes and tasks"),
    )
    return list(zip(TABS, titles, strict=True))


def _of_tab(request: OfficerRequest, found: Lead, tab: str) -> dict[str, object]:
    match tab:
        case "summary":
            return {"sentences": summary(found), "parts": _parts(found)}
        case "timeline":
            days = list(found.days_seen.values_list("day", "sightings", "entries"))
            told = [[day.isoformat(), sightings, entries] for day, sightings, entries in days]
            return {"days": days, "told": told, "references": found.references.all()[:50]}
        case "files":
            return {"files": found.files.all()[:500]}
        case "installs":
            return {"installs": found.installs.all()[:100], **_elsewhere(request, found)}
        case "network":
            return {"place": found.place}
        case "exchange":
            return {"references": found.references.all()[:100]}
        case "custody":
            entries = JournalEntry.objects.filter(subject=str(found.pk)).select_related("actor")
            segments = found.references.order_by().values_list("segment", flat=True).distinct()
            return {
                "entries": entries[:100],
                "segments": sorted(segments),
                "packages": entries.filter(deed="lead.packaged")[:20],
            }
        case _:
            return {
                "notes": found.notes.select_related("author"),
                "tasks": found.tasks.all(),
                "note_form": NoteForm(),
                "task_form": TaskForm(),
            }


def _parts(found: Lead) -> list[tuple[str, float, float]]:
    """Each reason, its value, and the points that it gives."""
    held = getattr(found.unit, "weights", None) if found.unit else None
    weighing = Weighing(**held.values) if held else Weighing()
    weights = {name: getattr(weighing, name) for name in found.parts}
    total = sum(weights.values()) or 1
    return [
        (name, value, 100 * value * weights[name] / total) for name, value in found.parts.items()
    ]


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """A stay of one of the lead's installs at another address that the officer may see."""

    lead: Lead
    first_seen_at: datetime
    last_seen_at: datetime
    cloned: bool


def _elsewhere(request: OfficerRequest, found: Lead) -> dict[str, object]:
    """Where else the lead's installs were, oldest first; addresses not to be seen are counted."""
    installs = [one for one in found.installs.all()[:100] if one.durable]
    stays = [
        (host, first, last, one.cloned)
        for one in installs
        for host, first, last, _ in one.stays
        if host != found.address
    ]
    hosts = {host for host, *_ in stays}
    seen = leads_of(request.user).filter(address__in=hosts).order_by("last_seen_at")
    leads = {lead.address: lead for lead in seen}  # of one address the newest
    told = [
        _Elsewhere(leads[host], datetime.fromisoformat(first), datetime.fromisoformat(last), cloned)
        for host, first, last, cloned in stays
        if host in leads
    ]
    told.sort(key=lambda one: (one.first_seen_at, one.lead.address))
    return {
        "others": told[-100:],
        "unseen": len(hosts - set(leads)),
        "clones": [one for one in installs if one.cloned],
    }
