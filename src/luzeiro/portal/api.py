"""The API: leads, their sightings, catalogue statistics; through the same door as the pages.

A token goes in `Authorization: Bearer`, the purpose in `X-Purpose`; each answer about leads is
journalled under it. `/api/openapi.json` describes all of it (OpenAPI 3.1).
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from ninja import Field, Header, NinjaAPI, Query, Schema
from ninja.errors import HttpError
from ninja.security import HttpBearer

from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.access import lead_for, listed_of
from luzeiro.casework.leads.filters import LeadFilter
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.paging import MarkError, after, mark
from luzeiro.casework.leads.services import open_lead
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.officers.second_factor import has_second_factor
from luzeiro.casework.officers.standing import Standing, standing
from luzeiro.casework.officers.tokens import officer_of
from luzeiro.casework.typed import printable
from luzeiro.catalogue.models import Entry, Identifier, Revision, Source
from luzeiro.portal.routes import CASE

MOST = 500


class UnitToken(HttpBearer):
    """A unit's token counts as long as the officer who answers for it would be let in."""

    def authenticate(self, request: HttpRequest, token: str) -> Officer | None:  # noqa: ARG002
        now = timezone.now()
        officer = officer_of(token, now)
        if officer is None or not officer.roles & CASE:
            return None
        factor = has_second_factor(officer)
        admitted = standing(officer, has_second_factor=factor, today=now.date())
        return officer if admitted is Standing.ADMITTED else None


api = NinjaAPI(
    title="Luzeiro",
    version="1",
    description=__doc__ or "",
    urls_namespace="api",
    docs_url=None,  # the usual page of documentation loads scripts from elsewhere
    auth=UnitToken(),
)


class Refused(Schema):
    """Why not."""

    detail: Any


class LeadAnswer(Schema):
    """One address over one spell of activity. It does not say who sat there."""

    id: UUID
    address: str
    country: str = Field(description="ISO 3166-1 alpha-2; empty: not known")
    region: str = Field(description="ISO 3166-2; empty: not known")
    state: str
    grade: str
    category: str = Field(description="the gravest, scheme:label")
    networks: list[str]
    entries: int
    sightings: int
    days: int
    first_seen_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    score: float = Field(description="0 to 100")
    parts: dict[str, float] = Field(description="the reasons, each 0 to 1")
    resolvable: bool
    doubts: list[str]
    assigned_to: str | None
    sample: bool

    @staticmethod
    def resolve_assigned_to(lead: Lead) -> str | None:
        return lead.assigned_to.name if lead.assigned_to else None


class LeadsAnswer(Schema):
    """A page of leads; `next` is null on the last one, else what to give as `after`."""

    leads: list[LeadAnswer]
    next: str | None


class SightingAnswer(Schema):
    """One of a lead's newest statements, and where its raw exchange lies."""

    sighting_id: UUID
    seen_at: datetime
    network: str
    port: int
    port_is_source: bool
    clock_error_s: float | None
    entry_id: int
    grade: str
    completeness: float | None
    segment: str = Field(description="SHA-256 of the segment's file")
    position: int


class StatisticsAnswer(Schema):
    """How large the catalogue is."""

    sources: int
    revisions: int
    entries: int
    identifiers: int


class LeadsAsked(Schema):
    """As the list's address bar."""

    state: str = Field("open", max_length=10)
    country: str = Field("", max_length=2)
    region: str = Field("", max_length=6)
    unit: str = Field("", max_length=36, description="a unit's id, or none; empty: any")
    address: str = Field("", max_length=45)
    resolvable: str = Field("", max_length=3)
    sort: str = Field("score", max_length=10)
    after: str = Field(
        "",
        max_length=120,
        pattern=r"^$|^[a-z]{4,7}~[-+.:0-9eT]{1,40}~[-0-9a-f]{36}$",
        description="the `next` of the page before",
    )
    limit: int = Field(50, ge=1, le=MOST)


Purpose = Annotated[str, Header(alias="X-Purpose", min_length=3, max_length=200)]
_REFUSALS = {401: Refused, 404: Refused, 422: Refused}


@api.get(
    "/leads",
    response={200: LeadsAnswer, 409: Refused, **_REFUSALS},
    url_name="leads",
    summary="Leads of the token's unit",
)
def leads(request: HttpRequest, asked: Query[LeadsAsked], purpose: Purpose) -> dict[str, object]:
    """Give a page of leads, in the order asked for."""
    officer, now = _officer(request), timezone.now()
    told = asked.dict(exclude={"after", "limit"})
    wanted = LeadFilter(**{name: printable(value, most=60) for name, value in told.items()})
    wanted = LeadFilter.read(QueryDict(wanted.query()))
    found = wanted.apply(listed_of(officer), officer, now)
    if asked.after:
        try:
            found = after(found, wanted.sort, asked.after)
        except MarkError as error:
            raise HttpError(409, f"after: {error}") from error
    page = list(found[: asked.limit + 1])
    with transaction.atomic():
        record(
            "api.leads",
            actor=officer,
            at=now,
            purpose=printable(purpose, most=200),
            facts={"leads": min(len(page), asked.limit), "asked": wanted.query()},
        )
    more = len(page) > asked.limit
    return {
        "leads": page[: asked.limit],
        "next": mark(page[asked.limit - 1], wanted.sort) if more else None,
    }


@api.get(
    "/leads/{lead_id}", response={200: LeadAnswer, **_REFUSALS}, url_name="lead", summary="One lead"
)
def lead(request: HttpRequest, lead_id: UUID, purpose: Purpose) -> Lead:
    """Give one lead; journalled like opening its page."""
    officer = _officer(request)
    found = lead_for(officer, lead_id)
    open_lead(lead=found, purpose=printable(purpose, most=200), by=officer, now=timezone.now())
    return found


@api.get(
    "/leads/{lead_id}/sightings",
    response={200: list[SightingAnswer], **_REFUSALS},
    url_name="lead-sightings",
    summary="A lead's newest sightings",
)
def lead_sightings(request: HttpRequest, lead_id: UUID, purpose: Purpose) -> list[object]:
    """Give the newest 200 statements that a lead rests on."""
    officer = _officer(request)
    found = lead_for(officer, lead_id)
    open_lead(lead=found, purpose=printable(purpose, most=200), by=officer, now=timezone.now())
    return list(found.references.all())


@api.get(
    "/catalogue/statistics",
    response={200: StatisticsAnswer, 401: Refused},
    url_name="catalogue-statistics",
    summary="How large the catalogue is",
)
def catalogue_statistics(request: HttpRequest) -> dict[str, int]:  # noqa: ARG001
    """Count, and name nothing."""
    return {
        "sources": Source.objects.count(),
        "revisions": Revision.objects.count(),
        "entries": Entry.objects.count(),
        "identifiers": Identifier.objects.count(),
    }


def _officer(request: HttpRequest) -> Officer:
    officer = getattr(request, "auth", None)
    if not isinstance(officer, Officer):
        raise HttpError(401, "Unauthorized")
    return officer
