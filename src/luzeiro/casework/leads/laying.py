"""Writing leads' rows: what a spell comes to, file by file, day by day, id by id.

Many leads are laid, then written together: one by one, each took ten statements.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from luzeiro.casework.leads.installs import Install, Installs, named
from luzeiro.casework.leads.material import MaterialSighting
from luzeiro.casework.leads.models import (
    Lead,
    LeadDay,
    LeadFile,
    LeadInstall,
    LeadReference,
)
from luzeiro.casework.leads.ranking import Parts, Weighing, score, severity
from luzeiro.casework.leads.resolvable import doubts, is_fatal
from luzeiro.casework.leads.spells import Spell
from luzeiro.observations.endpoint import Endpoint
from luzeiro.observations.grade import Grade
from luzeiro.observations.installs import Stay
from luzeiro.observations.record import Role, UserId

LIVES = timedelta(days=90)  # after the last sighting
REFERENCES = 200  # the newest; all others are in the store
STAYS = 50  # of an install, the newest


@dataclass(frozen=True, slots=True)
class Context:
    """What a lead needs besides its own sightings."""

    holders: Mapping[int, int]
    units: Mapping[str, UUID]  # jurisdiction code to unit
    weighing: Mapping[UUID | None, Weighing]
    installs: Installs
    now: datetime
    sample: bool


class Laid:
    """Leads with all that hangs on them, until `write` puts them over what was there."""

    def __init__(self) -> None:
        self._old: list[Lead] = []
        self._new: list[Lead] = []
        self._files: list[LeadFile] = []
        self._days: list[LeadDay] = []
        self._installs: list[LeadInstall] = []
        self._references: list[LeadReference] = []

    def add(self, lead: Lead, spell: Spell, installs: Installs, *, is_new: bool) -> None:
        """Hang a spell's rows on a lead."""
        (self._new if is_new else self._old).append(lead)
        self._files += _files(lead, spell.sightings)
        self._days += _days(lead, spell.sightings)
        self._installs += _installs(lead, spell.sightings, installs)
        self._references += _references(lead, spell.sightings)

    def write(self) -> None:
        """Write them all; whoever calls sees to it that it is all or nothing."""
        for lead in self._old:
            lead.save()
        for hung in (LeadFile, LeadDay, LeadInstall, LeadReference):
            hung.objects.filter(lead__in=self._old).delete()
        Lead.objects.bulk_create(self._new)
        LeadFile.objects.bulk_create(self._files)
        LeadDay.objects.bulk_create(self._days)
        LeadInstall.objects.bulk_create(self._installs)
        LeadReference.objects.bulk_create(self._references)


def lay(
    lead: Lead | None, address: str, spell: Spell, parts: Parts, digest: str, context: Context
) -> Lead:
    """Say in a lead, a new one where there is none, what a spell comes to."""
    sightings, last = spell.sightings, spell.sightings[-1]
    lead = lead or Lead(address=address, sample=context.sample)
    place = next((one.place for one in reversed(sightings) if one.place.country), last.place)
    if not lead.unit_fixed:
        lead.unit_id = context.units.get(place.region) or context.units.get(place.country)
    if lead.state in (Lead.State.RECALLED, Lead.State.MERGED):
        lead.state = Lead.State.NEW
    found = doubts(sightings, context.now)
    lead.country, lead.region = place.country, place.region
    lead.place = {**asdict(place), "flags": sorted(place.flags)}
    lead.first_seen_at, lead.last_seen_at = spell.first_at, spell.last_at
    lead.expires_at = spell.last_at + LIVES
    lead.grade = max((one.grade for one in sightings), key=lambda grade: grade.rank)
    lead.category = max((one.category for one in sightings), key=lambda one: (severity(one), one))
    lead.networks = sorted({one.network for one in sightings})
    lead.sightings = len(sightings)
    lead.entries = len({one.entry_id for one in sightings})
    lead.days = len({one.seen_at.date() for one in sightings})
    lead.parts = lay_parts(parts)
    lead.score = score(parts, context.weighing.get(lead.unit_id, Weighing()))
    lead.doubts, lead.resolvable = list(found), not is_fatal(found)
    lead.material_sha256, lead.built_at = digest, context.now
    return lead


def lay_parts(parts: Parts) -> dict[str, float]:
    """The reasons as they are kept: four decimals."""
    return {name: round(value, 4) for name, value in asdict(parts).items()}


def _files(lead: Lead, sightings: Sequence[MaterialSighting]) -> list[LeadFile]:
    groups: dict[int, list[MaterialSighting]] = defaultdict(list)
    for one in sightings:
        groups[one.entry_id].append(one)
    return [
        LeadFile(
            lead=lead,
            entry_id=entry,
            category=group[-1].category,
            identifier_kind=group[-1].identifier_kind,
            identifier=group[-1].identifier.hex(),
            completeness=max(
                (one.completeness for one in group if one.completeness is not None), default=None
            ),
            role=(
                Role.SHARING_WHOLE
                if any(one.role is Role.SHARING_WHOLE for one in group)
                else group[-1].role
            ),
            grade=max((one.grade for one in group), key=lambda grade: Grade(grade).rank),
            sightings=len(group),
            first_seen_at=group[0].seen_at,
            last_seen_at=group[-1].seen_at,
        )
        for entry, group in groups.items()
    ]


def _days(lead: Lead, sightings: Sequence[MaterialSighting]) -> list[LeadDay]:
    groups: dict[Any, list[int]] = defaultdict(list)
    for one in sightings:
        groups[one.seen_at.date()].append(one.entry_id)
    return [
        LeadDay(lead=lead, day=day, sightings=len(entries), entries=len(set(entries)))
        for day, entries in groups.items()
    ]


def _installs(
    lead: Lead, sightings: Sequence[MaterialSighting], installs: Installs
) -> list[LeadInstall]:
    groups: dict[UserId, list[MaterialSighting]] = defaultdict(list)
    for one in sightings:
        for user in one.user_ids:
            groups[user].append(one)
    return [_install(lead, user, group, installs.get(user)) for user, group in groups.items()]


def _install(
    lead: Lead, user: UserId, group: Sequence[MaterialSighting], known: Install | None
) -> LeadInstall:
    return LeadInstall(
        lead=lead,
        kind=user.kind,
        value=named(user.value),
        durable=user.durable,
        client=group[-1].client[:120],
        cloned=known is not None and known.is_cloned,
        apart_km=known.apart_km if known else None,
        stays=[_stay(one) for one in known.stays[-STAYS:]] if known else [],
        install_sha256=known.sha256 if known else "",
        sightings=len(group),
        first_seen_at=group[0].seen_at,
        last_seen_at=group[-1].seen_at,
    )


def _stay(one: Stay) -> list[str | int]:
    instants = (one.first_seen_at.isoformat(), one.last_seen_at.isoformat())
    return [Endpoint(one.address, 0).host, *instants, one.appearances]


def _references(lead: Lead, sightings: Sequence[MaterialSighting]) -> list[LeadReference]:
    return [
        LeadReference(
            lead=lead,
            sighting_id=one.sighting_id,
            seen_at=one.seen_at,
            network=one.network,
            port=one.port,
            port_is_source=one.port_is_source,
            clock_error_s=one.clock_error_s,
            entry_id=one.entry_id,
            grade=one.grade,
            completeness=one.completeness,
            segment=one.segment.hex(),
            position=one.position,
        )
        for one in sightings[-REFERENCES:]
    ]
