"""The auditor's pages: who saw what and why; volumes out of the ordinary."""

from datetime import timedelta
from statistics import median
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luzeiro.casework.journal.access import deeds, entries, volumes
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.officers.standing import TRAINED, is_trained
from luzeiro.casework.typed import printable

PAGE = 50
UNUSUAL_TIMES = 5  # so many times the median of those who opened any
UNUSUAL_LEAST = 20


@require_safe
def listed(request: OfficerRequest) -> HttpResponse:
    asked = {
        name: printable(request.GET.get(name, ""), most=80) for name in ("actor", "deed", "subject")
    }
    page = Paginator(entries(**asked), PAGE).get_page(request.GET.get("page"))
    kept = urlencode({name: value for name, value in asked.items() if value})
    shown = {"page": page, "asked": asked, "deeds": deeds(), "kept": kept}
    return render(request, "journal/list.html", shown)


@require_safe
def oversight(request: OfficerRequest) -> HttpResponse:
    now = timezone.now()
    rows = volumes(now - timedelta(days=7))
    opened = [int(str(row["opened"])) for row in rows if row["opened"]]
    usual = median(opened) if opened else 0
    limit = max(UNUSUAL_LEAST, UNUSUAL_TIMES * usual)
    lapsed = [
        officer
        for officer in Officer.objects.filter(is_active=True)
        if officer.roles & TRAINED and not is_trained(officer, now.date())
    ]
    shown = {"rows": rows, "limit": limit, "lapsed": lapsed}
    return render(request, "journal/volumes.html", shown)
