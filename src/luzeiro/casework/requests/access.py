"""The one door to requests, returns and subscribers."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from luzeiro.casework.officers.models import Officer
from luzeiro.casework.requests.models import Provider, Request, Return, Subscriber


def requests_of(officer: Officer) -> QuerySet[Request]:
    """Every request that the officer may see."""
    return Request.objects.visible_to(officer).select_related(
        "lead", "provider", "drawn_by", "approved_by"
    )


def request_for(officer: Officer, request_id: UUID) -> Request:
    """Give the request, or 404."""
    return get_object_or_404(requests_of(officer), pk=request_id)


def return_for(officer: Officer, return_id: UUID) -> Return:
    """Give a return of a request that the officer may see, or 404."""
    return get_object_or_404(
        Return.objects.filter(request__in=requests_of(officer)).select_related("request__lead"),
        pk=return_id,
    )


def subscribers_for(officer: Officer, returned: Return) -> QuerySet[Subscriber]:
    """What a return says of people: for whoever works the lead, drew up or approved the request."""
    works = Q(returned__request__lead__assigned_to=officer)
    asked = Q(returned__request__drawn_by=officer) | Q(returned__request__approved_by=officer)
    return Subscriber.objects.filter(works | asked, returned=returned)


def may_see_subscribers(officer: Officer, returned: Return) -> bool:
    """Whether the officer works the lead, or drew up or approved the request."""
    request = returned.request
    return officer.pk in (request.lead.assigned_to_id, request.drawn_by_id, request.approved_by_id)


def providers() -> QuerySet[Provider]:
    """Every provider: no case data."""
    return Provider.objects.all()
