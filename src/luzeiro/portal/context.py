"""What every page needs: who, where one may go, whether a sample is loaded."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from luzeiro.casework.officers.models import Officer, Unit
from luzeiro.casework.officers.standing import Standing, standing
from luzeiro.portal.routes import ROUTES

NAVIGATION = (
    ("leads:list", _("Leads")),
    ("leads:map", _("Map")),
    ("deconfliction:claims", _("Claims")),
    ("deconfliction:check", _("Check an address")),
    ("requests:list", _("Requests")),
    ("operations:list", _("Operations")),
    ("leads:exports", _("Exports")),
    ("leads:weights", _("Ranking")),
    ("officers:tokens", _("API")),
    ("journal:list", _("Journal")),
    ("journal:volumes", _("Oversight")),
    ("officers:training", _("Training")),
    ("officers:people", _("People")),
    ("officers:units", _("Units")),
    ("machines", _("Machines")),
)


def portal(request: HttpRequest) -> dict[str, object]:
    """The context of every page."""
    officer = getattr(request, "user", None)
    told: dict[str, object] = {"sample_loaded": Unit.objects.filter(sample=True).exists()}
    if not isinstance(officer, Officer):
        return told
    today = timezone.now().date()
    factor = "factor" in request.session
    admitted = standing(officer, has_second_factor=factor, today=today) is Standing.ADMITTED
    here = request.resolver_match.view_name if request.resolver_match else ""
    told["navigation"] = [
        {"url": reverse(name), "title": title, "here": name == here}
        for name, title in NAVIGATION
        if admitted and officer.roles & ROUTES[name].roles
    ]
    told["roles"] = sorted(role.label for role in officer.roles)
    return told
