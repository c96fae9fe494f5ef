"""From a lead to a report: every value is taken from records; nobody types one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from luzeiro.casework.leads.models import Lead, LeadFile, LeadReference, RecalledEntry
from luzeiro.casework.leads.summary import files_by_grade
from luzeiro.casework.officers.models import Unit
from luzeiro.casework.reports.document import (
    FileSeen,
    Install,
    Network,
    Party,
    ReportDocument,
    SealedSegment,
    Statement,
)
from luzeiro.casework.reports.provenance import logged, votes_for
from luzeiro.casework.reports.refusals import NothingToReport, Withdrawn
from luzeiro.casework.requests.jurisdictions.table import jurisdictions
from luzeiro.collector.recorder import SOFTWARE
from luzeiro.observations.grade import Grade
from luzeiro.places.flags import Flag

FILES, INSTALLS = 200, 50  # listed at most; how many there are in all is always told
_SHOWN = 8  # of an identifier: a whole one is a locator


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who draws a report up: an officer, or the hub for a package, then maybe of no unit."""

    name: str
    unit: Unit | None

    @property
    def party(self) -> Party:
        return Party(self.unit.name, self.unit.contact) if self.unit else Party(self.name, "")

    @property
    def zone(self) -> str:
        return self.unit.time_zone if self.unit else "UTC"


def draw(
    lead: Lead, *, language: str, number: UUID, by: Author, home: Path, now: datetime
) -> ReportDocument:
    """Make the report.

    Raises:
        Withdrawn: votes behind the lead were withdrawn, and it was not built anew since.
        NothingToReport: it has no records.
        Overstated: its records contradict each other.
    """
    # As `recall` leaves it: counts and records may still rest on what was withdrawn.
    if lead.state in (Lead.State.RECALLED, Lead.State.MERGED) or not lead.material_sha256:
        raise Withdrawn
    files, references = list(lead.files.all()[:FILES]), list(lead.references.all())[::-1]
    if not files or not references:
        raise NothingToReport
    entries = {one.entry_id for one in files} | {one.entry_id for one in references}
    if RecalledEntry.objects.filter(entry_id__in=entries).exists():
        raise Withdrawn
    segments = _segments(references, home)
    law = jurisdictions().get(lead.country)
    return ReportDocument(
        reference=f"{lead.country or 'XX'}-{now:%Y}-R{number.hex[:10].upper()}",
        language=language,
        as_of=now,
        unit=by.party,
        drawn_by=by.name,
        lead=lead.pk,
        lead_state=lead.state,
        expired=lead.expired(now),
        address=lead.address,
        zone=law.zone_of(lead.region) if law else by.zone,
        zone_assumed=law is not None and not lead.region and len(law.all_zones) > 1,
        first_seen_at=lead.first_seen_at.astimezone(UTC),
        last_seen_at=lead.last_seen_at.astimezone(UTC),
        days=lead.days,
        sightings_in_all=lead.sightings,
        files_in_all=tuple(sorted(files_by_grade(lead).items())),
        network=_network(lead),
        resolvable=lead.resolvable,
        doubts=tuple(lead.doubts),
        files=_files(files),
        installs=tuple(
            Install(one.kind, one.value, one.durable, one.client)
            for one in lead.installs.all()[:INSTALLS]
        ),
        segments=segments,
        statements=_statements(lead, references, files, segments),
        software=SOFTWARE,
        sample=lead.sample,
    )


def _network(lead: Lead) -> Network:
    told, radius_km = lead.place, lead.place.get("radius_km")
    return Network(
        country=lead.country,
        region=lead.region,
        city=told.get("city") or "",
        radius_km=None if radius_km is None else float(radius_km),  # JSON may hold 20 for 20.0
        asn=told.get("asn"),
        organisation=told.get("organisation") or "",
        table=told.get("table") or "",
        flags=tuple(map(Flag, told.get("flags", ()))),  # an unknown one is an error: none is lost
    )


def _segments(references: Sequence[LeadReference], home: Path) -> tuple[SealedSegment, ...]:
    found = list(dict.fromkeys(one.segment for one in references))
    known = logged(found, home)
    return tuple(
        SealedSegment(
            number=number,
            sha256=sha256,
            seal=known[sha256].seal if sha256 in known else None,
            log_index=known[sha256].log_index if sha256 in known else None,
        )
        for number, sha256 in enumerate(found, start=1)
    )


def _files(files: Sequence[LeadFile]) -> tuple[FileSeen, ...]:
    votes = votes_for({one.entry_id for one in files})
    return tuple(
        FileSeen(
            number=number,
            identifier_kind=one.identifier_kind,
            identifier=f"{one.identifier[:_SHOWN]}…",
            category=one.category,
            grade=Grade(one.grade),
            completeness=one.completeness,
            sightings=one.sightings,
            first_seen_at=one.first_seen_at.astimezone(UTC),
            last_seen_at=one.last_seen_at.astimezone(UTC),
            votes=votes.get(one.entry_id, ()),
        )
        for number, one in enumerate(files, start=1)
    )


def _statements(
    lead: Lead,
    references: Sequence[LeadReference],
    files: Sequence[LeadFile],
    segments: Sequence[SealedSegment],
) -> tuple[Statement, ...]:
    file_of = {one.entry_id: number for number, one in enumerate(files, start=1)}
    segment_of = {one.sha256: one.number for one in segments}
    return tuple(
        Statement(
            number=number,
            sighting=one.sighting_id,
            address=lead.address,
            port=one.port,
            port_is_source=one.port_is_source,
            seen_at=one.seen_at.astimezone(UTC),
            clock_error_s=one.clock_error_s,
            network=one.network,
            grade=Grade(one.grade),
            completeness=one.completeness,
            file=file_of.get(one.entry_id),
            segment=segment_of[one.segment],
            position=one.position,
        )
        for number, one in enumerate(references, start=1)
    )
