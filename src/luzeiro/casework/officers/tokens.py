"""Keys to the API: an officer answers for each, and it opens no more than that officer may."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.credentials import digest_of
from luzeiro.casework.officers.models import ApiToken, Officer

LIVES = timedelta(days=90)
PREFIX = "lzr_"


@transaction.atomic
def make_token(*, officer: Officer, label: str, by: Officer, now: datetime) -> str:
    """Make a token; it is shown once."""
    token = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken.objects.create(
        unit=officer.unit,
        officer=officer,
        label=label,
        digest=digest_of(token),
        made_at=now,
        expires_at=now + LIVES,
    )
    record("token.made", subject=made.pk, actor=by, at=now, facts={"label": label})
    return token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Officer, now: datetime) -> None:
    """End a token at once."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
    record("token.revoked", subject=token.pk, actor=by, at=now)


def officer_of(token: str, now: datetime) -> Officer | None:
    """Who answers for a token that counts now; None where it does not."""
    held = (
        ApiToken.objects.filter(
            digest=digest_of(token), revoked_at=None, expires_at__gt=now, officer__is_active=True
        )
        .select_related("officer__unit")
        .first()
    )
    return held.officer if held else None
