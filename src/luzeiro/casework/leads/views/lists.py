"""The list and the map; the filters of both live in the address bar."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from luzeiro.casework.leads.access import leads_of, listed_of, units_seen
from luzeiro.casework.leads.counts import by_place
from luzeiro.casework.leads.filters import SORTS, STATES, LeadFilter
from luzeiro.casework.leads.forms import AssignForm, ExportForm, ViewForm
from luzeiro.casework.leads.listing import PAGE, LeadPages, read_rows
from luzeiro.casework.leads.models import SavedView
from luzeiro.casework.leads.services import assign_many, save_view
from luzeiro.casework.officers.models import Role
from luzeiro.casework.officers.requests import OfficerRequest


@require_safe
def listed(request: OfficerRequest) -> HttpResponse:
    officer, now = request.user, timezone.now()
    asked = LeadFilter.read(request.GET)
    found = asked.apply(listed_of(officer), officer, now)
    page = LeadPages(found, officer).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "leads": read_rows(page.object_list),
        "asked": asked,
        "kept": asked.query(),
        "states": STATES,
        "sorts": list(SORTS),
        "units": units_seen(officer),
        "now": now,
        "views": SavedView.objects.filter(officer=officer),
        "view_form": ViewForm(),
        "export_form": ExportForm(),
        "may_assign": Role.SUPERVISOR in officer.roles,
        "assign_form": AssignForm(officer=officer),
    }
    template = "leads/rows.html" if request.headers.get("HX-Request") else "leads/list.html"
    return render(request, template, shown)


@require_safe
def mapped(request: OfficerRequest) -> HttpResponse:
    asked = LeadFilter.read(request.GET)
    leads = asked.apply(listed_of(request.user), request.user, timezone.now())
    counts = by_place(leads, asked.country)
    shown = {
        "asked": asked,
        "kept": asked.query(),
        "counts": counts,
        "told": {
            "country": asked.country.upper(),
            "list": reverse("leads:list"),
            "map": reverse("leads:map"),
            "counts": [{"name": one.code, "value": one.leads} for one in counts if one.code],
        },
        "total": sum(one.leads for one in counts),
    }
    return render(request, "leads/map.html", shown)


@require_POST
def assign_some(request: OfficerRequest) -> HttpResponse:
    form = AssignForm(request.POST, officer=request.user)
    back = f"{reverse('leads:list')}?{LeadFilter.read(request.GET).query()}"
    if not form.is_valid():
        messages.error(request, form.errors.as_text())
        return redirect(back)
    wanted = leads_of(request.user).filter(pk__in=_uuids(request))
    done, refused = assign_many(
        leads=wanted, to=form.cleaned_data["officer"], by=request.user, now=timezone.now()
    )
    told = ngettext("%(n)d lead assigned.", "%(n)d leads assigned.", done) % {"n": done}
    messages.success(request, told)
    if refused:
        told = ngettext(
            "%(n)d lead was not: somebody works it, or it was recalled.",
            "%(n)d leads were not: somebody works them, or they were recalled.",
            refused,
        )
        messages.warning(request, told % {"n": refused})
    return redirect(back)


@require_POST
def keep_view(request: OfficerRequest) -> HttpResponse:
    form = ViewForm(request.POST)
    if not form.is_valid():
        return redirect("leads:list")
    save_view(**form.cleaned_data, by=request.user)
    return redirect(f"{reverse('leads:list')}?{form.cleaned_data['query']}")


@require_POST
def drop_view(request: OfficerRequest, view_id: int) -> HttpResponse:
    get_object_or_404(SavedView, pk=view_id, officer=request.user).delete()
    return redirect("leads:list")


def _uuids(request: OfficerRequest) -> list[str]:
    told = request.POST.getlist("lead")[:PAGE]
    return [one for one in told if len(one) == 36 and one.replace("-", "").isalnum()]
