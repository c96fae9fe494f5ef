"""What officers do with requests. Each deed and its journal entry are one transaction."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from luzeiro.casework.deconfliction.services import notice_for
from luzeiro.casework.journal.record import record
from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Officer
from luzeiro.casework.paper.phrases import paper_language, phrases
from luzeiro.casework.paper.rows import Misread
from luzeiro.casework.paper.typeset import CannotTypeset
from luzeiro.casework.requests.document import Kind
from luzeiro.casework.requests.drafting import candidates_of, circumstances_of, draw
from luzeiro.casework.requests.jurisdictions.table import jurisdictions
from luzeiro.casework.requests.models import Provider, Request, Return, Subscriber
from luzeiro.casework.requests.papers import seal
from luzeiro.casework.requests.refusals import (
    LeadNotStanding,
    NoLongerSo,
    PaperRefused,
    SamePerson,
    WorkedElsewhere,
    WrongState,
)
from luzeiro.casework.requests.returns import (
    Answer,
    disagree,
    mismatches,
    names_several,
)
from luzeiro.casework.requests.selection import Reason, objection
from luzeiro.casework.requests.written import read_json


@transaction.atomic
def verify_provider(
    *, asn: int, country: str, organisation: str, contact: str, retention_days: int | None,
    keeps_ports: bool, by: Officer, now: datetime,
) -> Provider:  # fmt: skip
    """Enter whom to ask, or make sure of it again."""
    told = {
        "country": country,
        "organisation": organisation,
        "contact": contact,
        "retention_days": retention_days,
        "keeps_ports": keeps_ports,
    }
    provider, _ = Provider.objects.update_or_create(
        asn=asn,
        defaults={**told, "verified_at": now, "verified_by": by},
        create_defaults={
            **told, "verified_at": now, "verified_by": by, "sample": by.unit.sample,
        },
    )  # fmt: skip
    record("provider.verified", subject=f"AS{asn}", actor=by, at=now, facts=told)
    return provider


@transaction.atomic
def draw_up(*, lead: Lead, kind: Kind, language: str, by: Officer, now: datetime) -> Request:
    """Draw a request up from a lead's records.

    Raises:
        Refusal: no law, no provider, a stale contact, nothing resolvable, another unit's address.
    """
    _nobody_elses(lead, by)
    number = uuid4()
    document, provider = draw(lead, kind=kind, language=language, number=number, by=by, now=now)
    try:
        sealed = seal(document)
    except (Misread, CannotTypeset) as error:
        raise PaperRefused(why=str(error)) from error
    made = Request.objects.create(
        id=number,
        reference=document.reference,
        lead=lead,
        unit=by.unit,
        provider=provider,
        kind=kind.value,
        document=sealed.json.decode(),
        sha256=sealed.sha256,
        pdf=sealed.pdf,
        first_lost_at=document.first_lost_at,
        last_lost_at=document.last_lost_at,
        drawn_by=by,
        drawn_at=now,
        sample=lead.sample,
    )
    record(
        "request.drawn-up",
        subject=made.pk,
        actor=by,
        at=now,
        facts={"lead": str(lead.pk), "kind": kind.value, "sha256": sealed.sha256},
    )
    return made


@transaction.atomic
def approve(*, request: Request, by: Officer, now: datetime) -> None:
    """Let a request leave. Its lines are judged once more, as of now.

    Raises:
        SamePerson: it is one's own.
        WrongState: it was approved or withdrawn before.
        LeadNotStanding, NoLongerSo, WorkedElsewhere: what it rested on holds no more.
    """
    held = _locked(request)
    if held.drawn_by_id == by.pk:
        raise SamePerson
    if held.state != Request.State.DRAWN_UP:
        raise WrongState(state=held.get_state_display())
    _still_so(held, now, by)
    held.state, held.approved_by, held.approved_at = Request.State.APPROVED, by, now
    held.save(update_fields=["state", "approved_by", "approved_at"])
    record("request.approved", subject=held.pk, actor=by, at=now, facts={"sha256": held.sha256})


@transaction.atomic
def withdraw(*, request: Request, reason: str, by: Officer, now: datetime) -> None:
    """Take a request back that has not been sent.

    Raises:
        WrongState: it left already.
    """
    held = _locked(request)
    if held.state not in (Request.State.DRAWN_UP, Request.State.APPROVED):
        raise WrongState(state=held.get_state_display())
    Request.objects.filter(pk=held.pk).update(state=Request.State.WITHDRAWN)
    record("request.withdrawn", subject=held.pk, actor=by, at=now, purpose=reason)


@transaction.atomic
def take(*, request: Request, form: str, by: Officer, now: datetime) -> bytes:
    """Give a form ("pdf", "json") of an approved request, to be sent. The first time marks it sent.

    Raises:
        WrongState: nobody approved it, or it was withdrawn.
    """
    held = _locked(request)
    if held.state not in (Request.State.APPROVED, Request.State.SENT):
        raise WrongState(state=held.get_state_display())
    if held.sent_at is None:
        held.state, held.sent_at = Request.State.SENT, now
        held.save(update_fields=["state", "sent_at"])
    record("request.taken", subject=held.pk, actor=by, at=now, facts={"form": form})
    return bytes(held.pdf) if form == "pdf" else held.document.encode()


@transaction.atomic
def take_in(
    *, request: Request, raw: bytes, answers: Sequence[Answer], form: str, by: Officer,
    now: datetime,
) -> Return:  # fmt: skip
    """Hold an answer against its request, and keep it only if it repeats what was asked.

    Raises:
        WrongState: the request was never sent.
    """
    held = _locked(request)
    if held.state != Request.State.SENT:
        raise WrongState(state=held.get_state_display())
    found = mismatches(read_json(held.document), answers)
    made = Return.objects.create(
        request=held,
        received_at=now,
        received_by=by,
        form=form,
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        answers=len(answers),
        # Which line and what is wrong with it; what was answered instead may be somebody else's.
        mismatches=[
            {"line": one.line[:20], "fault": one.fault.value, "asked": one.asked} for one in found
        ],
        sample=held.sample,
    )
    if not found:
        _keep(made, answers)
        _compare(made, answers)
    record(
        "return.taken-in" if not found else "return.blocked",
        subject=made.pk,
        actor=by,
        at=now,
        facts={"request": str(held.pk), "sha256": made.raw_sha256, "mismatches": len(found)},
    )
    return made


@transaction.atomic
def see_subscribers(*, returned: Return, purpose: str, by: Officer, now: datetime) -> None:
    """Record that somebody looked at a subscriber, and why."""
    record("subscriber.seen", subject=returned.pk, actor=by, at=now, purpose=purpose)


def _keep(made: Return, answers: Sequence[Answer]) -> None:
    kept = ("name", "document", "installation_address", "billing_address", "account",
            "service_from", "service_until")  # fmt: skip
    Subscriber.objects.bulk_create(
        Subscriber(
            returned=made, line=int(one.line), **{name: asdict(one)[name] for name in kept}
        )
        for one in answers
        if one.found
    )  # fmt: skip


def _compare(made: Return, answers: Sequence[Answer]) -> None:
    """Flag two returns about one lead that disagree, each of them."""
    others = Return.objects.filter(request__lead=made.request.lead, mismatches=[])
    apart = [
        other
        for other in others.exclude(pk=made.pk).prefetch_related("subscribers")
        if disagree(answers, [_answer(one) for one in other.subscribers.all()])
    ]
    if apart or names_several(answers):
        made.disagrees = True
        made.save(update_fields=["disagrees"])
        Return.objects.filter(pk__in=[one.pk for one in apart]).update(disagrees=True)


def _answer(one: Subscriber) -> Answer:
    return Answer(
        name=one.name, document=one.document, installation_address=one.installation_address
    )


def _locked(request: Request) -> Request:
    return Request.objects.select_for_update(of=("self",)).select_related("lead").get(pk=request.pk)


def _nobody_elses(lead: Lead, by: Officer) -> None:
    if notice := notice_for(lead.address, by):
        raise WorkedElsewhere(unit=notice.unit, contact=notice.contact)


def _still_so(held: Request, now: datetime, by: Officer) -> None:
    """Judge each line as of now, by what is now known."""
    lead = held.lead
    if lead.state in (Lead.State.RECALLED, Lead.State.MERGED):
        raise LeadNotStanding
    _nobody_elses(lead, by)
    told = circumstances_of(lead, jurisdictions()[lead.country], held.provider, now)
    known = {one.sighting_id: one for one in candidates_of(lead)}
    words = phrases("requests", paper_language(by.language))
    for line in read_json(held.document).lines:
        one = known.get(line.sighting.sighting_id)
        same = one is not None and one.seen_at == line.sighting.seen_at
        reason = objection(one, told) if one is not None and same else Reason.GONE
        if reason is not None:
            raise NoLongerSo(line=line.number, reason=words[f"reason_{reason.name.lower()}"])
