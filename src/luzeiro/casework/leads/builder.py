"""Leads from sightings: a reconciler that can be run at any time, as often as one likes.

An address that a new segment touches is read anew, whole, and its leads are made what they should
be. So following segments one by one and rebuilding from nothing come to the same, and a crash only
delays.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address
from uuid import UUID

from django.db import transaction

from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.installs import Installs, installs_in, named, without_clones
from luzeiro.casework.leads.laying import Context, Laid, lay, lay_parts
from luzeiro.casework.leads.material import Material, MaterialSighting
from luzeiro.casework.leads.models import (
    Lead,
    LeadFile,
    LeadInstall,
    RecalledEntry,
    SegmentRead,
    Weights,
)
from luzeiro.casework.leads.ranking import Parts, Weighing, recency, score, weigh
from luzeiro.casework.leads.spells import GAP, Spell, spells
from luzeiro.casework.officers.models import Jurisdiction

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Followed:
    """What one run did."""

    segments: int = 0
    addresses: int = 0


def follow(material: Material, *, now: datetime, sample: bool = False) -> Followed:
    """Take in what segments brought since the last run, and what a recall left to be mended."""
    read = set(SegmentRead.objects.filter(sample=sample).values_list("sha256", flat=True))
    segments = addresses = 0
    for segment in material.segments():
        if segment.hex() in read:
            continue
        touched = material.addresses_in(segment)
        build(touched, material, now=now, sample=sample)
        SegmentRead.objects.get_or_create(
            sha256=segment.hex(), defaults={"read_at": now, "sample": sample}
        )
        segments, addresses = segments + 1, addresses + len(touched)
    torn = Lead.objects.filter(material_sha256="", sample=sample).exclude(state=Lead.State.RECALLED)
    build({_packed(lead.address) for lead in torn}, material, now=now, sample=sample)
    return Followed(segments, addresses)


def rebuild(material: Material, *, now: datetime, sample: bool = False) -> Followed:
    """Forget which segments were read, and follow them all again. Leads keep their numbers."""
    SegmentRead.objects.filter(sample=sample).delete()
    Lead.objects.filter(sample=sample).update(material_sha256="")
    return follow(material, now=now, sample=sample)


def build(
    addresses: Iterable[bytes], material: Material, *, now: datetime, sample: bool = False
) -> None:
    """Make the leads of these addresses what the material says they should be."""
    wanted = sorted(set(addresses))
    recalled = set(RecalledEntry.objects.values_list("entry_id", flat=True))
    for place in range(0, len(wanted), _AT_ONCE):
        some = wanted[place : place + _AT_ONCE]
        found: dict[bytes, list[MaterialSighting]] = defaultdict(list)
        for one in material.sightings_of(some):
            if one.entry_id not in recalled:
                found[one.address].append(one)
        entries = {one.entry_id for group in found.values() for one in group}
        installs = installs_in((one for group in found.values() for one in group), material)
        context = Context(
            holders=material.holders_of(entries),
            units=dict(Jurisdiction.objects.values_list("code", "unit_id")),
            weighing=_weighing(),
            installs=installs,
            now=now,
            sample=sample,
        )
        with transaction.atomic():
            known, laid = _known(some, sample=sample), Laid()
            for packed in some:
                own = spells(without_clones(found[packed], installs))
                _reconcile(packed, own, known[text_of(packed)], laid, context)
            laid.write()
            _tear_where_changed(installs, sample=sample)


def refresh(*, now: datetime, unit_id: UUID | None = None) -> int:
    """Let recency decay and new weights count; says how many leads changed. Reads no sightings."""
    weighing = _weighing()
    leads = Lead.objects.standing().only("id", "unit_id", "parts", "score", "last_seen_at")
    leads = leads.filter(unit_id=unit_id) if unit_id else leads
    changed: list[Lead] = []
    count = 0
    for lead in leads.iterator(chunk_size=2000):
        parts = Parts(**{**lead.parts, "recency": recency(lead.last_seen_at, now)})
        given = score(parts, weighing.get(lead.unit_id, Weighing()))
        if abs(given - lead.score) >= 0.01:
            lead.parts, lead.score = lay_parts(parts), given
            changed.append(lead)
            count += 1
        if len(changed) >= 500:
            Lead.objects.bulk_update(changed, ["parts", "score"])
            changed = []
    Lead.objects.bulk_update(changed, ["parts", "score"])
    return count


@transaction.atomic
def recall(entries: Iterable[int], *, reason: str, now: datetime) -> int:
    """Withdraw entries from every lead at once, before anything is read anew.

    A lead that rested on nothing else is recalled; another keeps what is left, and is rebuilt at
    the next `follow`. Says how many were recalled.
    """
    withdrawn = set(entries)
    for entry in withdrawn:
        RecalledEntry.objects.get_or_create(
            entry_id=entry, defaults={"reason": reason, "recalled_at": now}
        )
    touched = set(LeadFile.objects.filter(entry_id__in=withdrawn).values_list("lead_id", flat=True))
    LeadFile.objects.filter(entry_id__in=withdrawn).delete()
    empty = Lead.objects.filter(pk__in=touched, files=None)
    for lead in empty:
        record(
            "lead.recalled",
            subject=lead.pk,
            actor=None,
            at=now,
            facts={"reason": reason},
            sample=lead.sample,
        )
    recalled = Lead.objects.filter(pk__in=[lead.pk for lead in empty])
    count = recalled.update(state=Lead.State.RECALLED, material_sha256="")
    Lead.objects.filter(pk__in=touched).exclude(state=Lead.State.RECALLED).update(
        material_sha256=""
    )
    return count


def _tear_where_changed(installs: Installs, *, sample: bool) -> None:
    """Have leads laid anew that show an install as it was: it moved on, or turned out a clone."""
    held = {(user.kind, named(user.value)): one.sha256 for user, one in installs.items()}
    shown = LeadInstall.objects.filter(durable=True, value__in={value for _, value in held})
    torn = {
        lead_id
        for lead_id, kind, value, sha256 in shown.values_list(
            "lead_id", "kind", "value", "install_sha256"
        )
        if held.get((kind, value), sha256) != sha256
    }
    Lead.objects.standing().filter(pk__in=torn, sample=sample).update(material_sha256="")


def _weighing() -> dict[UUID | None, Weighing]:
    return {row.unit_id: Weighing(**row.values) for row in Weights.objects.all()}


def _known(addresses: Iterable[bytes], *, sample: bool) -> Mapping[str, list[Lead]]:
    """The leads of some addresses, but for those merged into others, the oldest first.

    They are locked until the transaction ends: an officer's deed meanwhile must not be undone.
    """
    found: dict[str, list[Lead]] = defaultdict(list)
    leads = Lead.objects.select_for_update().filter(
        address__in=[text_of(one) for one in addresses], sample=sample
    )
    for lead in leads.exclude(state=Lead.State.MERGED).order_by("first_seen_at", "id"):
        found[lead.address].append(lead)
    return found


def _reconcile(
    packed: bytes, found: Sequence[Spell], known: list[Lead], laid: Laid, context: Context
) -> None:
    address = text_of(packed)
    for spell in found:
        mine = [lead for lead in known if _meet(lead, spell)]
        known = [lead for lead in known if lead not in mine]
        # A lead that somebody works outlives one that nobody has looked at.
        mine.sort(key=lambda lead: (lead.state != Lead.State.WORKED, lead.first_seen_at))
        kept, merged = (mine[0], mine[1:]) if mine else (None, [])
        digest = _digest(spell, context.installs)
        if kept is None or merged or kept.material_sha256 != digest:
            parts = weigh(spell.sightings, context.holders, context.now)
            lead = lay(kept, address, spell, parts, digest, context)
            laid.add(lead, spell, context.installs, is_new=kept is None)
        for lead in merged:
            _end(lead, Lead.State.MERGED, "lead.merged", context.now)
    for lead in known:
        if lead.state != Lead.State.RECALLED:
            _end(lead, Lead.State.RECALLED, "lead.recalled", context.now)


def _meet(lead: Lead, spell: Spell) -> bool:
    return lead.first_seen_at - GAP <= spell.last_at and spell.first_at - GAP <= lead.last_seen_at


def _end(lead: Lead, state: Lead.State, deed: str, now: datetime) -> None:
    lead.state = state
    lead.save(update_fields=["state"])
    record(deed, subject=lead.pk, actor=None, at=now, sample=lead.sample)


def _digest(spell: Spell, installs: Installs) -> str:
    digest = hashlib.sha256()
    for one in spell.sightings:
        digest.update(one.sighting_id.bytes + one.grade.encode() + one.category.encode() + b"\0")
    shown = {user for one in spell.sightings for user in one.user_ids if user in installs}
    for known in sorted(installs[user].sha256 for user in shown):
        digest.update(known.encode())
    return digest.hexdigest()


def text_of(packed: bytes) -> str:
    """An address as people write it; a mapped one as IPv4."""
    address = IPv6Address(packed)
    return str(address.ipv4_mapped or address)


def _packed(address: str) -> bytes:
    return IPv6Address(f"::ffff:{address}" if "." in address else address).packed
