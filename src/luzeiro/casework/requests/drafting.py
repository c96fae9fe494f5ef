"""From a lead to a request: every value is taken from records; nobody types one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from luzeiro.casework.leads.models import Lead, RecalledEntry
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.paper.phrases import phrases
from luzeiro.casework.requests.document import Kind, Line, Party, RequestDocument
from luzeiro.casework.requests.jurisdictions.table import Jurisdiction, jurisdictions
from luzeiro.casework.requests.models import Provider
from luzeiro.casework.requests.refusals import (
    LeadNotStanding,
    NoJurisdiction,
    NoProvider,
    NothingResolvable,
    ProviderStale,
)
from luzeiro.casework.requests.selection import (
    USUAL_RETENTION,
    Candidate,
    Choice,
    Circumstances,
    choose,
)
from luzeiro.places.flags import Flag


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a request about a lead would be made of."""

    law: Jurisdiction
    provider: Provider
    circumstances: Circumstances
    retention_assumed: bool
    choice: Choice


def prospect(lead: Lead, *, now: datetime) -> Prospect:
    """Look at what a request could hold.

    Raises:
        LeadNotStanding, NoJurisdiction, NoProvider, ProviderStale: as they say.
    """
    if lead.state in (Lead.State.RECALLED, Lead.State.MERGED):
        raise LeadNotStanding
    law = jurisdictions().get(lead.country)
    if law is None:
        raise NoJurisdiction(country=lead.country or "?")
    asn = lead.place.get("asn")
    provider = Provider.objects.filter(asn=asn).first() if asn else None
    if provider is None:
        raise NoProvider(asn=asn or "?")
    if provider.is_stale(now):
        raise ProviderStale(provider=provider)
    told = circumstances_of(lead, law, provider, now)
    assumed = provider.retention_days is None and law.retention.period is None
    return Prospect(law, provider, told, assumed, choose(candidates_of(lead), told))


def circumstances_of(
    lead: Lead, law: Jurisdiction, provider: Provider, now: datetime
) -> Circumstances:
    """What bears on every sighting of the lead; the provider's own period before the country's."""
    flags = set(lead.place.get("flags", ()))
    own = provider.retention_days
    return Circumstances(
        shared=Flag.CARRIER_GRADE_NAT in flags,
        anonymising=bool(flags & {Flag.VPN, Flag.TOR}),
        hosting=Flag.HOSTING in flags,
        keeps_ports=provider.keeps_ports,
        retention=timedelta(days=own)
        if own is not None
        else law.retention.period or USUAL_RETENTION,
        now=now,
    )


def candidates_of(lead: Lead) -> list[Candidate]:
    """The lead's newest sightings, recalled ones marked."""
    recalled = set(RecalledEntry.objects.values_list("entry_id", flat=True))
    return [
        Candidate(
            sighting_id=one.sighting_id,
            address=lead.address,
            port=one.port,
            port_is_source=one.port_is_source,
            seen_at=one.seen_at,
            clock_error_s=one.clock_error_s,
            grade=one.grade,
            recalled=one.entry_id in recalled,
        )
        for one in lead.references.all()
    ]


def draw(
    lead: Lead, *, kind: Kind, language: str, number: UUID, by: Officer, now: datetime
) -> tuple[RequestDocument, Provider]:
    """Make the request.

    Raises:
        NothingResolvable: no sighting may enter; with the reasons.
    """
    found = prospect(lead, now=now)
    law, provider = found.law, found.provider
    language = language if language in law.languages else law.languages[0]
    words = phrases("requests", language)
    if not found.choice.chosen:
        raise NothingResolvable(reasons=reasons_told(found.choice, language))
    form = law.preservation if kind is Kind.PRESERVATION else law.subscriber
    act = law.retention.act
    made = RequestDocument(
        reference=f"{law.country}-{now:%Y}-{number.hex[:10].upper()}",
        kind=kind,
        country=law.country,
        language=language,
        made_at=now,
        unit=Party(by.unit.name, by.unit.contact),
        provider=Party(provider.organisation, provider.contact, f"AS{provider.asn}"),
        provider_verified_at=provider.verified_at,
        order=form.order[language],
        basis=form.basis,
        lead=lead.pk,
        zone=law.zone_of(lead.region),
        zone_assumed=not lead.region and len(law.all_zones) > 1,
        circumstances=found.circumstances,
        retention_act=act if law.retention.known or not act else f"{act} [{words['unconfirmed']}]",
        retention_assumed=found.retention_assumed,
        lines=tuple(Line(place, one) for place, one in enumerate(found.choice.chosen, 1)),
        left_out=tuple(found.choice.reasons().items()),
        drawn_by=by.name,
        sample=lead.sample,
    )
    return made, provider


def reasons_told(choice: Choice, language: str) -> str:
    """The reasons for which sightings stayed out, in words, with their counts."""
    words = phrases("requests", language)
    told = (f"{words[f'reason_{one.name.lower()}']}: {n}" for one, n in choice.reasons().items())
    return "; ".join(told) or "–"
