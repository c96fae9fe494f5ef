"""The list's filters live in the address bar: a list can be kept, sent and gone back to."""

from dataclasses import dataclass, fields
from datetime import datetime
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.typed import printable

SORTS = {
    "score": ("-score", "id"),
    "last": ("-last_seen_at", "id"),
    "first": ("first_seen_at", "id"),
    "entries": ("-entries", "id"),
}
NO_UNIT = "none"  # leads that no unit's jurisdiction holds
STATES = ("open", "new", "worked", "closed", "recalled", "expired")


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What is asked of the list; what cannot be read asks nothing."""

    state: str = "open"
    country: str = ""
    region: str = ""
    unit: str = ""
    address: str = ""
    mine: str = ""
    resolvable: str = ""
    sort: str = "score"

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the address bar."""
        told = {field.name: printable(query.get(field.name, ""), most=60) for field in fields(cls)}
        if told["state"] not in STATES:
            told["state"] = "open"
        if told["sort"] not in SORTS:
            told["sort"] = "score"
        told["unit"] = _unit(told["unit"])
        return cls(**told)

    def query(self, **changed: str) -> str:
        """Write it back, leaving out what is usual."""
        usual = LeadFilter()
        told = {field.name: getattr(self, field.name) for field in fields(self)} | changed
        return urlencode(
            {name: value for name, value in told.items() if value != getattr(usual, name, "")}
        )

    def apply(self, leads: QuerySet[Lead], officer: Officer, now: datetime) -> QuerySet[Lead]:
        """Narrow and order the leads."""
        asked = _state(self.state, now)
        if self.country:
            asked &= Q(country=self.country.upper())
        if self.region:
            asked &= Q(region=self.region.upper())
        if self.unit:
            asked &= Q(unit=None if self.unit == NO_UNIT else self.unit)
        if self.mine:
            asked &= Q(assigned_to=officer)
        if self.resolvable in ("yes", "no"):
            asked &= Q(resolvable=self.resolvable == "yes")
        if self.address:
            asked &= _address(self.address)
        return leads.filter(asked).order_by(*SORTS[self.sort])


def _state(state: str, now: datetime) -> Q:
    working = Q(state__in=[Lead.State.NEW, Lead.State.WORKED])
    if state == "expired":
        return working & Q(expires_at__lte=now)
    if state == "open":
        return working & Q(expires_at__gt=now)
    return Q(state=state)


def _unit(text: str) -> str:
    try:
        return text if text == NO_UNIT else str(UUID(text))
    except ValueError:
        return ""


def _address(text: str) -> Q:
    try:
        address = ip_address(text)
    except ValueError:
        return Q(pk=None)  # no address: nothing is found
    return Q(address=str(getattr(address, "ipv4_mapped", None) or address))
