"""One unit, one operation and many targets, for the bench of the board."""

from datetime import UTC, date, datetime
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command

from luzeiro.casework.leads.models import Lead
from luzeiro.casework.officers.models import Grant, Officer, Role, Unit
from luzeiro.casework.operations.models import Operation, Target
from luzeiro.casework.operations.services import bring, propose


def laid(targets: int) -> tuple[Officer, Operation, list[Target], str]:
    """Lay it all, and give the officer, the operation, its targets and a session's cookie."""
    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    unit = Unit.objects.create(name="Bench", country="AR", contact="-")
    olga = Officer.objects.create(
        login="olga", name="Olga", unit=unit, created_at=now, agreed_at=now,
        trained_until=date(now.year + 1, 1, 1), password="!",
    )  # fmt: skip
    for role in (Role.COORDINATOR, Role.INVESTIGATOR):
        Grant.objects.create(officer=olga, role=role)
    olga = Officer.objects.get(pk=olga.pk)
    found = propose(name="Bench", edition="", by=olga, now=now)
    made = [
        bring(operation=found, lead=_lead(unit, number, now), by=olga, now=now)
        for number in range(targets)
    ]
    return olga, found, made, f"{settings.SESSION_COOKIE_NAME}={_session(olga)}"


def _lead(unit: Unit, number: int, now: datetime) -> Lead:
    return Lead.objects.create(
        address=f"2001:db8::{number + 1:x}", unit=unit, country="AR", region="AR-C",
        first_seen_at=now, last_seen_at=now, expires_at=now, grade="stated", category="caid-uk:A",
        sightings=1, entries=1, days=1, score=1.0, resolvable=True, material_sha256="",
        built_at=now,
    )  # fmt: skip


def _session(olga: Officer) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(olga.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = olga.get_session_auth_hash()
    session["factor"] = "totp"
    session.save()
    key: str = session.session_key
    return key
