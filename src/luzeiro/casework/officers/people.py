"""What an administrator does: units, officers, roles. No case data comes near."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.credentials import make_link
from luzeiro.casework.officers.models import (
    Grant,
    Jurisdiction,
    Officer,
    OneTimeLink,
    Role,
    Unit,
)
from luzeiro.casework.officers.refusals import CodeTaken, LoginTaken, NotYourself
from luzeiro.casework.officers.sessions import end_sessions


@transaction.atomic
def found_unit(
    *,
    name: str,
    country: str,
    contact: str,
    time_zone: str,
    codes: Iterable[str],
    by: Officer | None,
    now: datetime,
    sample: bool = False,
) -> Unit:
    """Make a unit and give it its jurisdictions.

    Raises:
        CodeTaken: a code is another unit's.
    """
    unit = Unit.objects.create(
        name=name, country=country, contact=contact, time_zone=time_zone, sample=sample
    )
    for code in dict.fromkeys(codes):
        if Jurisdiction.objects.filter(code=code).exists():
            raise CodeTaken(code=code)
        Jurisdiction.objects.create(unit=unit, code=code)
    record("unit.founded", subject=unit.pk, actor=by, at=now, facts={"name": name}, sample=sample)
    return unit


@transaction.atomic
def enlist(
    *,
    login: str,
    name: str,
    unit: Unit,
    roles: Iterable[Role],
    language: str,
    by: Officer | None,
    now: datetime,
) -> tuple[Officer, str]:
    """Make an account without a password, and the token of the link that sets one.

    Raises:
        LoginTaken: somebody has it.
    """
    login = login.strip().lower()
    if Officer.objects.filter(login=login).exists():
        raise LoginTaken(login=login)
    officer = Officer(login=login, name=name, unit=unit, language=language, created_at=now)
    officer.set_unusable_password()
    officer.save()
    Grant.objects.bulk_create(Grant(officer=officer, role=role) for role in sorted(set(roles)))
    record(
        "officer.enlisted",
        subject=officer.pk,
        actor=by,
        at=now,
        facts={"roles": sorted(set(roles)), "unit": str(unit.pk)},
        sample=unit.sample,
    )
    token = make_link(officer=officer, use=OneTimeLink.Use.WELCOME, by=by, now=now)
    return officer, token


@transaction.atomic
def change_officer(
    *, officer: Officer, roles: Iterable[Role], active: bool, by: Officer, now: datetime
) -> None:
    """Give and take roles; let an officer go. Open sessions end where rights shrink.

    Raises:
        NotYourself: an administrator who would change her own rights.
    """
    if officer == by:
        raise NotYourself
    held = Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
    wanted, before = set(roles), held.roles
    Grant.objects.filter(officer=officer).exclude(role__in=wanted).delete()
    Grant.objects.bulk_create(Grant(officer=officer, role=role) for role in wanted - before)
    Officer.objects.filter(pk=officer.pk).update(is_active=active)
    if not active or before - wanted:
        end_sessions(officer=officer)
    record(
        "officer.changed",
        subject=officer.pk,
        actor=by,
        at=now,
        facts={"roles": sorted(wanted), "active": active},
    )


@transaction.atomic
def agree(*, officer: Officer, now: datetime) -> None:
    """Note that an officer accepted the access agreement."""
    Officer.objects.filter(pk=officer.pk).update(agreed_at=now)
    record("officer.agreed", subject=officer.pk, actor=officer, at=now)
