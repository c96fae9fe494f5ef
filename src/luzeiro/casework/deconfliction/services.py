"""Claiming, releasing and handing over an address; saying that another unit works it."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from django.db import IntegrityError, transaction

from luzeiro.casework.deconfliction.models import Claim, Transfer
from luzeiro.casework.deconfliction.refusals import (
    AlreadyClaimed,
    NotAnAddress,
    NotYours,
    OfferAnswered,
    OfferOpen,
    ToYourself,
)
from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer, Unit


@dataclass(frozen=True, slots=True)
class Notice:
    """All that another unit is told: who, and how to reach them. Nothing of the case."""

    unit: str
    contact: str


def parse_address(text: str) -> str:
    """An address in its usual form.

    Raises:
        NotAnAddress: not one.
    """
    try:
        address = ip_address(text.strip())
    except ValueError as error:
        raise NotAnAddress(text=text[:60]) from error
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def standing_claim(address: str) -> Claim | None:
    return (
        Claim.objects.filter(address=address, released_at=None)
        .select_related("unit", "officer")
        .first()
    )


def notice_for(address: str, officer: Officer) -> Notice | None:
    """Say whether another unit works the address."""
    claim = standing_claim(address)
    if claim is None or claim.unit_id == officer.unit_id:
        return None
    return Notice(claim.unit.name, claim.unit.contact)


def claim_address(*, address: str, by: Officer, now: datetime) -> Claim:
    """Claim an address for the officer's unit; claiming again only renews.

    Raises:
        AlreadyClaimed: another unit has it. Both journals say that it was tried.
    """
    held = standing_claim(address)
    if held is None:
        try:
            return _claim(address, by, now)
        except IntegrityError:  # another claimed it a moment ago: the first of two wins
            held = standing_claim(address)
    if held is not None and held.unit_id == by.unit_id:
        touch(address=address, by=by, now=now)
        return held
    with transaction.atomic():
        record("claim.refused", subject=address, actor=by, at=now)
    if held is None:
        raise NotYours  # it was released in this moment: the officer tries again
    raise AlreadyClaimed(unit=held.unit.name, contact=held.unit.contact)


@transaction.atomic
def _claim(address: str, by: Officer, now: datetime) -> Claim:
    claim = Claim.objects.create(
        address=address,
        unit=by.unit,
        officer=by,
        claimed_at=now,
        touched_at=now,
        sample=by.unit.sample,
    )
    Lead.objects.filter(address=address, unit=by.unit, state=Lead.State.NEW).update(
        state=Lead.State.WORKED, assigned_to=by
    )
    record("claim.made", subject=address, actor=by, at=now)
    return claim


def touch(*, address: str, by: Officer, now: datetime) -> None:
    """Note that the unit still works its address."""
    Claim.objects.filter(address=address, unit=by.unit, released_at=None).update(touched_at=now)


@transaction.atomic
def release(*, claim: Claim, by: Officer, now: datetime) -> None:
    """Let an address go; an open offer of it falls.

    Raises:
        NotYours: the unit holds it no more.
    """
    freed = Claim.objects.filter(pk=claim.pk, unit=by.unit, released_at=None)
    if freed.update(released_at=now) != 1:
        raise NotYours
    Transfer.objects.filter(claim=claim, answered_at=None).update(answered_at=now, accepted=False)
    Lead.objects.filter(address=claim.address, unit=by.unit, state=Lead.State.WORKED).update(
        state=Lead.State.NEW, assigned_to=None
    )
    record("claim.released", subject=claim.address, actor=by, at=now)


@transaction.atomic
def offer(*, claim: Claim, to: Unit, reason: str, by: Officer, now: datetime) -> Transfer:
    """Offer an address to another unit.

    Raises:
        ToYourself: it is one's own unit.
        NotYours: the unit holds it no more.
        OfferOpen: it is offered to a unit already.
    """
    if to.pk == by.unit_id:
        raise ToYourself
    held = (
        Claim.objects.select_for_update()
        .filter(pk=claim.pk, unit=by.unit, released_at=None)
        .first()
    )
    if held is None:
        raise NotYours
    if Transfer.objects.filter(claim=held, answered_at=None).exists():
        raise OfferOpen
    made = Transfer.objects.create(
        claim=held, to_unit=to, offered_by=by, offered_at=now, reason=reason
    )
    record(
        "claim.offered",
        subject=held.address,
        actor=by,
        at=now,
        facts={"to": str(to.pk)},
        purpose=reason,
    )
    return made


@transaction.atomic
def answer(*, transfer: Transfer, accepted: bool, by: Officer, now: datetime) -> None:
    """Take or decline an offer. Taken, the claim and its leads are the new unit's.

    Raises:
        OfferAnswered: it was answered before, or the claim was released.
    """
    open_offer = Transfer.objects.filter(pk=transfer.pk, to_unit=by.unit, answered_at=None)
    if open_offer.update(answered_by=by, answered_at=now, accepted=accepted) != 1:
        raise OfferAnswered
    claim = transfer.claim
    if accepted:
        Lead.objects.filter(address=claim.address, unit=claim.unit).update(
            unit=by.unit, unit_fixed=True, assigned_to=by, state=Lead.State.WORKED
        )
        Claim.objects.filter(pk=claim.pk).update(unit=by.unit, officer=by, touched_at=now)
    deed = "claim.accepted" if accepted else "claim.declined"
    record(deed, subject=claim.address, actor=by, at=now, facts={"from": str(claim.unit_id)})
