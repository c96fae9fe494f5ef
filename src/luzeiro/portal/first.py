"""The first administrator: a one-time link and nothing else. There are no defaults."""

from datetime import datetime

from django.db import transaction

from luzeiro.casework.officers.credentials import make_link
from luzeiro.casework.officers.models import Officer, OneTimeLink, Role
from luzeiro.casework.officers.people import enlist, found_unit

LOGIN = "administrator"
UNIT = "Administration"


@transaction.atomic
def first_link(*, now: datetime) -> str | None:
    """Give the token of the first administrator's link; None once somebody administers.

    As long as the first administrator has no password, a new call makes a new link, and the
    earlier one dies.
    """
    administrators = Officer.objects.filter(
        grants__role=Role.ADMINISTRATOR, unit__sample=False, is_active=True
    )
    waiting = administrators.filter(login=LOGIN).first()
    if waiting is not None and not waiting.has_usable_password():
        return make_link(officer=waiting, use=OneTimeLink.Use.WELCOME, by=None, now=now)
    if administrators.exists():
        return None
    unit = found_unit(
        name=UNIT, country="XX", contact="-", time_zone="UTC", codes=(), by=None, now=now
    )
    _officer, token = enlist(
        login=LOGIN,
        name="Administrator",
        unit=unit,
        roles=[Role.ADMINISTRATOR, Role.TRAINER],
        language="en",
        by=None,
        now=now,
    )
    return token
