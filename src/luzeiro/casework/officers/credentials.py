"""Passwords, lock-out and links that work once."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.models import Officer, OneTimeLink
from luzeiro.casework.officers.refusals import DeadLink, WrongCredentials

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
LINK_LIVES = timedelta(hours=72)


def check_password(*, login: str, password: str, now: datetime) -> Officer:
    """Give the officer whose password this is.

    Raises:
        WrongCredentials: no such officer, the wrong password, not active, or locked.
    """
    officer = Officer.objects.filter(login=login.strip().lower()).first()
    if officer is None or not officer.is_active:
        make_password(password)  # as long as a real check takes, so that time tells nothing
        raise WrongCredentials
    right = officer.check_password(password)
    if is_locked(officer, now):
        raise WrongCredentials
    if not right:
        count_failure(officer, what="password", now=now)
        raise WrongCredentials
    return officer


def is_locked(officer: Officer, now: datetime) -> bool:
    return officer.locked_until is not None and officer.locked_until > now


def count_failure(officer: Officer, *, what: str, now: datetime) -> None:
    """Count a wrong password, code or recovery code; the fifth locks."""
    with transaction.atomic():
        held = Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
        held.failures += 1
        if held.failures >= FAILURES_ALLOWED:
            held.failures, held.locked_until = 0, now + LOCKED_FOR
            record("officer.locked", subject=held.pk, actor=held, at=now, facts={"by": what})
        else:
            record("officer.failed", subject=held.pk, actor=held, at=now, facts={"by": what})
        held.save(update_fields=["failures", "locked_until"])


def change_password(*, officer: Officer, current: str, password: str, now: datetime) -> None:
    """Replace an officer's own password; a link that could set another one dies.

    Raises:
        WrongCredentials: `current` is not her password, or her account is locked. Counted.
    """
    check_password(login=officer.login, password=current, now=now)  # counts, so not within
    with transaction.atomic():
        held = Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
        held.set_password(password)
        held.save(update_fields=["password"])
        links = OneTimeLink.objects.filter(officer=held, use=OneTimeLink.Use.WELCOME)
        links.filter(used_at=None).update(used_at=now)
        record("officer.password-changed", subject=held.pk, actor=held, at=now)
    officer.password = held.password


def digest_of(token: str) -> str:
    """What is kept of a secret of 256 random bits: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_link(*, officer: Officer, use: OneTimeLink.Use, by: Officer | None, now: datetime) -> str:
    """Make a link that works once, within three days; earlier ones for the same use die.

    Raises:
        ValueError: a sample sign-in for an officer who is none of the sample's.
    """
    if use is OneTimeLink.Use.SAMPLE and not officer.unit.sample:
        raise ValueError("only a sample officer signs in without a second factor")
    standing = OneTimeLink.objects.filter(officer=officer, use=use, used_at=None)
    standing.update(used_at=now)
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        digest=digest_of(token), officer=officer, use=use, expires_at=now + LINK_LIVES
    )
    record(
        "officer.link-made",
        subject=officer.pk,
        actor=by,
        at=now,
        facts={"use": use.value},
        sample=officer.unit.sample,
    )
    return token


def link_for(token: str, now: datetime) -> OneTimeLink:
    """Find a link that would still work.

    Raises:
        DeadLink: unknown, used, or too old.
    """
    link = OneTimeLink.objects.filter(digest=digest_of(token)).first()
    if link is None or link.used_at or link.expires_at <= now or not link.officer.is_active:
        raise DeadLink
    return link


@transaction.atomic
def use_link(*, token: str, password: str | None, now: datetime) -> Officer:
    """Use a link up; a welcome sets the password.

    Raises:
        DeadLink: as `link_for`, also where two use it at once.
    """
    link = link_for(token, now)
    if OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now) != 1:
        raise DeadLink
    officer = link.officer
    if link.use == OneTimeLink.Use.WELCOME:
        if password is None:
            raise DeadLink
        officer.set_password(password)
        officer.failures, officer.locked_until = 0, None
        officer.save(update_fields=["password", "failures", "locked_until"])
    record("officer.link-used", subject=officer.pk, actor=officer, at=now, facts={"use": link.use})
    return officer


@transaction.atomic
def signed_in(*, officer: Officer, how: str, now: datetime) -> None:
    """Note a sign-in that went all the way."""
    Officer.objects.filter(pk=officer.pk).update(failures=0, locked_until=None, last_login=now)
    record("officer.signed-in", subject=officer.pk, actor=officer, at=now, facts={"by": how})
