"""The pages that belong to no room: where to begin, the machines, what is not there."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from luzeiro.casework.officers.models import Role
from luzeiro.casework.officers.requests import OfficerRequest
from luzeiro.portal.machines import machines_of

# Where a role's day begins; the first that fits.
BEGINS = (
    (Role.INVESTIGATOR, "leads:list"),
    (Role.SUPERVISOR, "leads:list"),
    (Role.COORDINATOR, "leads:map"),
    (Role.AUDITOR, "journal:list"),
    (Role.ADMINISTRATOR, "officers:people"),
    (Role.TRAINER, "officers:training"),
)


@require_safe
def home(request: OfficerRequest) -> HttpResponse:
    roles = request.user.roles
    return redirect(next((to for role, to in BEGINS if role in roles), "officers:account"))


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@require_safe
def machines(request: OfficerRequest) -> HttpResponse:
    found = machines_of(settings.HOME, now=timezone.now())
    return render(request, "portal/machines.html", {"machines": found})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return render(request, "portal/not_found.html", status=404)


def failed(_request: HttpRequest) -> HttpResponse:
    # Nothing is rendered: what failed may be what renders.
    return HttpResponse("Luzeiro failed here, and the log says how.\n", "text/plain", 500)
