"""How many leads lie where, for the map: by country, or by the regions of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Max, QuerySet

from luzeiro.casework.leads.models import Lead


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """Leads in one country or region; `code` is ISO 3166, empty where the table knew no more."""

    code: str
    leads: int
    top_score: float


def by_place(leads: QuerySet[Lead], country: str) -> Sequence[PlaceCount]:
    """Count leads by country, or by region of `country` where one is named; most first."""
    if country:
        leads = leads.filter(country=country)
    key = F("region") if country else F("country")
    counted = (
        leads.order_by().values(code=key).annotate(n=Count("*"), top=Max("score")).order_by("-n")
    )
    return [PlaceCount(row["code"], row["n"], row["top"]) for row in counted]
