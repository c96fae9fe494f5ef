"""A lead's reports: what one would say, those that were drawn up, and taking one out."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from luzeiro.casework.leads.access import lead_for
from luzeiro.casework.leads.summary import summary
from luzeiro.casework.leads.views.pages import purpose_in_force
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.casework.paper.phrases import paper_language, phrases
from luzeiro.casework.refusals import Refusal
from luzeiro.casework.reports.access import report_for, reports_of
from luzeiro.casework.reports.forms import LanguageForm
from luzeiro.casework.reports.refusals import WhyFirst
from luzeiro.casework.reports.services import draw_up, take
from luzeiro.casework.reports.wording import LIMITS

FORMS = {"pdf": "application/pdf", "json": "application/json"}


@require_http_methods(["GET", "POST"])
def of_lead(request: OfficerRequest, lead_id: UUID) -> HttpResponse:
    """Show what a report would say, and those that there are; then draw another up."""
    lead, now = lead_for(request.user, lead_id), timezone.now()
    purpose = purpose_in_force(request, lead, now)
    if purpose is None:
        return redirect("leads:lead", lead_id)  # which asks why first
    language = paper_language(get_language() or "en")
    form = LanguageForm(
        request.POST if request.method == "POST" else None, initial={"language": language}
    )
    if request.method == "POST" and form.is_valid():
        try:
            draw_up(
                lead=lead,
                language=form.cleaned_data["language"],
                purpose=purpose,
                by=request.user,
                home=settings.HOME,
                now=now,
            )
        except Refusal as refusal:
            messages.error(request, refusal.for_people())
        else:
            messages.success(request, _("Drawn up, as of now. It can be taken out below."))
        return redirect("reports:lead", lead_id)
    words = phrases("reports", language)
    told = {
        "lead": lead,
        "form": form,
        "sentences": summary(lead),
        "limits": [words[f"limit_{name}"] for name in LIMITS],
        "reports": reports_of(request.user, lead)[:100],
    }
    return render(request, "reports/lead.html", told, status=422 if form.errors else 200)


@require_POST
def taken(request: OfficerRequest, report_id: UUID, form: str) -> HttpResponse:
    """Give a report's paper or its data."""
    found = report_for(request.user, report_id)
    if form not in FORMS:
        raise Http404
    now = timezone.now()
    purpose = purpose_in_force(request, found.lead, now)
    if purpose is None:
        messages.error(request, WhyFirst().for_people())
        return redirect("leads:lead", found.lead_id)
    data = take(report=found, form=form, purpose=purpose, by=request.user, now=now)
    response = HttpResponse(data, content_type=FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.{form}"'
    return response
