"""The sample: invented units, officers and leads, to be looked at and removed without a trace."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import models, transaction

from luzeiro.casework.deconfliction.models import Claim, Transfer
from luzeiro.casework.deconfliction.services import claim_address, offer
from luzeiro.casework.journal.models import JournalEntry
from luzeiro.casework.leads.builder import follow
from luzeiro.casework.leads.models import (
    Export,
    Lead,
    LeadDay,
    LeadFile,
    LeadInstall,
    LeadReference,
    Note,
    SavedView,
    SegmentRead,
    Task,
    Weights,
)
from luzeiro.casework.leads.sample import SampleWorld
from luzeiro.casework.officers.credentials import make_link
from luzeiro.casework.officers.models import (
    ApiToken,
    Certificate,
    Course,
    CourseSession,
    Enrolment,
    Grant,
    Jurisdiction,
    Officer,
    OneTimeLink,
    Passkey,
    RecoveryCode,
    Role,
    SignedIn,
    Unit,
)
from luzeiro.casework.officers.people import agree, enlist, found_unit
from luzeiro.casework.officers.training import enrol, found_course, record_result, schedule
from luzeiro.casework.operations.sample import remove as remove_operation
from luzeiro.casework.reports.models import Report


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """One unit of the sample; `people` are name, roles, for the demo's link or not."""

    name: str
    country: str
    codes: tuple[str, ...]
    zone: str
    language: str
    people: tuple[tuple[str, str, tuple[Role, ...]], ...]


_I, _S = (Role.INVESTIGATOR,), (Role.SUPERVISOR, Role.INVESTIGATOR)
UNITS = (
    SampleUnit("Buenos Aires (sample)", "AR", ("AR",), "America/Argentina/Buenos_Aires", "es", (
        ("sample-ana", "Ana Ejemplo", _I), ("sample-bruno", "Bruno Ejemplo", _I),
        ("sample-carla", "Carla Ejemplo", _S), ("sample-dario", "Darío Ejemplo", _S))),
    SampleUnit("São Paulo (sample)", "BR", ("BR",), "America/Sao_Paulo", "pt-br", (
        ("sample-elisa", "Elisa Exemplo", _I), ("sample-fabio", "Fábio Exemplo", _S))),
    SampleUnit("Asunción (sample)", "PY", ("PY",), "America/Asuncion", "es", (
        ("sample-gloria", "Gloria Ejemplo", _I), ("sample-hugo", "Hugo Ejemplo", _S))),
    SampleUnit("Quito (sample)", "EC", ("EC",), "America/Guayaquil", "es", (
        ("sample-ines", "Inés Ejemplo", _I), ("sample-jorge", "Jorge Ejemplo", _S))),
    SampleUnit("San José (sample)", "CR", ("CR",), "America/Costa_Rica", "es", (
        ("sample-karla", "Karla Ejemplo", _I), ("sample-luis", "Luis Ejemplo", _S))),
    SampleUnit("Miami (sample)", "US", ("US",), "America/New_York", "en", (
        ("sample-mary", "Mary Example", _I), ("sample-neil", "Neil Example", _S),
        ("sample-olga", "Olga Example", (Role.COORDINATOR,)),
        ("sample-paul", "Paul Example", (Role.AUDITOR,)),
        ("sample-quinn", "Quinn Example", (Role.TRAINER,)))),
)  # fmt: skip
LINKS = (("investigator", "sample-ana"), ("supervisor", "sample-carla"),
         ("coordinator", "sample-olga"), ("auditor", "sample-paul"))  # fmt: skip


def is_loaded() -> bool:
    return Unit.objects.filter(sample=True).exists()


@transaction.atomic
def load(*, now: datetime) -> None:
    """Load the sample; where it is loaded already, nothing changes.

    Raises:
        CodeTaken: a real unit has one of the sample's jurisdictions: a home in use takes no sample.
    """
    if is_loaded():
        return
    officers = {login: officer for unit in UNITS for login, officer in _people(unit, now)}
    _train(officers, now)
    follow(SampleWorld(now.replace(minute=0, second=0, microsecond=0)), now=now, sample=True)
    _work(officers, now)


def links(*, now: datetime) -> list[tuple[str, str]]:
    """Role and token of a one-time sign-in for each officer of `LINKS`."""
    use = OneTimeLink.Use.SAMPLE
    return [
        (role, make_link(officer=Officer.objects.get(login=login), use=use, by=None, now=now))
        for role, login in LINKS
    ]


@transaction.atomic
def remove() -> None:
    """Remove all of the sample, its journal too; what is real stays as it was."""
    remove_operation()
    officers, units = Officer.objects.filter(unit__sample=True), Unit.objects.filter(sample=True)
    leads = Lead.objects.filter(sample=True)
    keys = list(SignedIn.objects.filter(officer__in=officers).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    gone: Iterable[models.QuerySet[models.Model]] = (
        JournalEntry.objects.filter(sample=True),
        Transfer.objects.filter(claim__sample=True),
        Claim.objects.filter(sample=True),
        *(table.objects.filter(lead__in=leads) for table in
          (LeadFile, LeadDay, LeadInstall, LeadReference, Note, Task, Report)),
        leads,
        SegmentRead.objects.filter(sample=True),
        Weights.objects.filter(unit__in=units),
        SavedView.objects.filter(officer__in=officers),
        Export.objects.filter(asked_by__in=officers),
        Certificate.objects.filter(enrolment__officer__in=officers),
        Enrolment.objects.filter(officer__in=officers),
        CourseSession.objects.filter(trainer__in=officers),
        Course.objects.filter(sample=True),
        *(table.objects.filter(officer__in=officers) for table in
          (ApiToken, SignedIn, OneTimeLink, RecoveryCode, Passkey, Grant)),
        officers,
        Jurisdiction.objects.filter(unit__in=units),
        units,
    )  # fmt: skip
    for rows in gone:
        rows.delete()


def _people(sample: SampleUnit, now: datetime) -> list[tuple[str, Officer]]:
    unit = found_unit(
        name=sample.name,
        country=sample.country,
        contact=f"duty officer, {sample.name}, extension 100",
        time_zone=sample.zone,
        codes=sample.codes,
        by=None,
        now=now,
        sample=True,
    )
    found = []
    for login, name, roles in sample.people:
        officer, _token = enlist(
            login=login, name=name, unit=unit, roles=roles, language=sample.language, by=None,
            now=now,
        )  # fmt: skip
        agree(officer=officer, now=now)
        found.append((login, officer))
    return found


def _train(officers: dict[str, Officer], now: datetime) -> None:
    trainer = officers["sample-quinn"]
    course = found_course(
        title="Luzeiro for investigators (sample)", validity_days=365, by=trainer, now=now
    )
    held = now - timedelta(days=60)
    past = schedule(course=course, starts_at=held, place="Miami", by=trainer, now=held)
    for login, officer in officers.items():
        if login != "sample-hugo":  # one who has not passed, to see what that looks like
            seat = enrol(session=past, officer=officer, by=trainer, now=held)
            record_result(enrolment=seat, passed=True, by=trainer, now=held)
    coming = now + timedelta(days=12)
    schedule(course=course, starts_at=coming, place="Asunción", by=trainer, now=now)


def _work(officers: dict[str, Officer], now: datetime) -> None:
    """A few claims, one offer, and one address that two units came upon."""
    for login in ("sample-ana", "sample-elisa", "sample-gloria", "sample-mary"):
        officer = officers[login]
        for lead in Lead.objects.filter(unit=officer.unit, sample=True).order_by("-score")[1:4]:
            claim_address(address=lead.address, by=officer, now=now - timedelta(days=3))
    stale = Lead.objects.filter(unit=officers["sample-ana"].unit, state=Lead.State.NEW).last()
    if stale:
        claim_address(
            address=stale.address, by=officers["sample-bruno"], now=now - timedelta(days=45)
        )
    other = Lead.objects.filter(unit=officers["sample-ana"].unit, state=Lead.State.NEW).first()
    if other:  # São Paulo came upon it first, from elsewhere
        claim_address(address=other.address, by=officers["sample-elisa"], now=now)
    claim = Claim.objects.filter(unit=officers["sample-mary"].unit).first()
    if claim:
        offer(claim=claim, to=officers["sample-ana"].unit, reason="The subscriber moved.",
              by=officers["sample-mary"], now=now)  # fmt: skip
