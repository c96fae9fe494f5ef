"""Which sightings a lead rests on, told to whoever makes an evidence package of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.leads.refusals import (
    LeadMerged,
    LeadOfSample,
    LeadRecalled,
    LeadWithoutSightings,
    NoSuchLead,
)


@dataclass(frozen=True, slots=True)
class LeadEvidence:
    """Statements of one address between two instants, both included, about some entries."""

    address: str
    first_seen_at: datetime
    last_seen_at: datetime
    entries: tuple[int, ...]  # what was recalled is not among them
    sightings: int  # as many as the lead was built on


def evidence_of(lead_id: UUID) -> LeadEvidence:
    """What a lead rests on, as it was last built.

    Raises:
        Refusal: there is no such lead, or nothing stands behind it.
    """
    lead = Lead.objects.filter(pk=lead_id).first()
    if lead is None:
        raise NoSuchLead(lead=lead_id)
    if lead.sample:
        raise LeadOfSample
    if lead.state == Lead.State.MERGED:
        raise LeadMerged(address=lead.address)
    if lead.state == Lead.State.RECALLED:
        raise LeadRecalled
    entries = tuple(lead.files.order_by("entry_id").values_list("entry_id", flat=True))
    if not entries:
        raise LeadWithoutSightings
    return LeadEvidence(
        address=lead.address,
        first_seen_at=lead.first_seen_at,
        last_seen_at=lead.last_seen_at,
        entries=entries,
        sightings=lead.sightings,
    )
