"""Time-based codes (RFC 6238) and recovery codes."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.credentials import count_failure, is_locked
from luzeiro.casework.officers.models import Officer, Passkey, RecoveryCode
from luzeiro.casework.officers.refusals import LastFactor, WrongCode

STEP_S = 30
RECOVERY_CODES = 10
RECOVERY_PARTS = 4  # of 32 bits each: so random that a plain digest hides it


def has_second_factor(officer: Officer) -> bool:
    return bool(officer.totp_secret) or Passkey.objects.filter(officer=officer).exists()


def new_secret() -> str:
    """A fresh secret of 160 bits, in base 32."""
    return pyotp.random_base32()


def provisioning(officer: Officer, secret: str) -> str:
    """What an authenticator reads from the picture (the key URI format)."""
    return pyotp.TOTP(secret).provisioning_uri(name=officer.login, issuer_name="Luzeiro")


def picture(uri: str) -> str:
    """The same as an SVG element: no request, no inline style."""
    return segno.make(uri, error="m").svg_inline(scale=5, border=2, omitsize=False)


@transaction.atomic
def set_totp(*, officer: Officer, secret: str, code: str, now: datetime) -> list[str]:
    """Turn codes on, once the first fits; gives the recovery codes, which are shown once.

    Raises:
        WrongCode: the first code does not fit.
    """
    step = _step_that_fits(secret, code, after=0, now=now)
    if step is None:
        raise WrongCode
    officer.totp_secret, officer.totp_step = _seal(secret), step
    officer.save(update_fields=["totp_secret", "totp_step"])
    record("officer.totp-set", subject=officer.pk, actor=officer, at=now)
    return new_recovery_codes(officer=officer, now=now)


@transaction.atomic
def new_recovery_codes(*, officer: Officer, now: datetime) -> list[str]:
    """Replace the recovery codes."""
    RecoveryCode.objects.filter(officer=officer).delete()
    codes = [
        "-".join(secrets.token_hex(4) for _ in range(RECOVERY_PARTS)) for _ in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(officer=officer, digest=_digest(officer, code)) for code in codes
    )
    record("officer.recovery-codes-made", subject=officer.pk, actor=officer, at=now)
    return codes


def check_code(*, officer: Officer, code: str, now: datetime) -> str:
    """Check a code from an authenticator, or a recovery code, and use it up; says which it was.

    Raises:
        WrongCode: it does not fit, was used before, or the account is locked. Counted.
    """
    given = code.replace(" ", "").strip().lower()
    with transaction.atomic():
        held = Officer.objects.select_for_update(of=("self",)).get(pk=officer.pk)
        if is_locked(held, now):
            raise WrongCode
        if held.totp_secret and given.isdigit():
            secret = _open(held.totp_secret)
            step = _step_that_fits(secret, given, after=held.totp_step, now=now)
            if step is not None:
                Officer.objects.filter(pk=held.pk).update(totp_step=step)
                return "totp"
        elif RecoveryCode.objects.filter(
            officer=held, digest=_digest(held, given), used_at=None
        ).update(used_at=now):
            record("officer.recovery-code-used", subject=held.pk, actor=held, at=now)
            return "recovery code"
    count_failure(officer, what="code", now=now)
    raise WrongCode


@transaction.atomic
def remove_passkey(*, officer: Officer, passkey: Passkey, now: datetime) -> None:
    """Take a passkey away.

    Raises:
        LastFactor: nothing would be left.
    """
    others = Passkey.objects.filter(officer=officer).exclude(pk=passkey.pk)
    if not officer.totp_secret and not others.exists():
        raise LastFactor
    record(
        "officer.passkey-removed",
        subject=officer.pk,
        actor=officer,
        at=now,
        facts={"label": passkey.label},
    )
    passkey.delete()


@transaction.atomic
def reset(*, officer: Officer, by: Officer, now: datetime) -> None:
    """Take every second factor away: the next sign-in sets a new one."""
    Passkey.objects.filter(officer=officer).delete()
    RecoveryCode.objects.filter(officer=officer).delete()
    officer.totp_secret, officer.totp_step = "", 0
    officer.save(update_fields=["totp_secret", "totp_step"])
    record("officer.second-factor-reset", subject=officer.pk, actor=by, at=now)


def _step_that_fits(secret: str, code: str, *, after: int, now: datetime) -> int | None:
    # One step back and one ahead for slow hands and clocks (RFC 6238, 5.2); never one used before.
    current, totp = int(now.timestamp()) // STEP_S, pyotp.TOTP(secret)
    for step in (current, current - 1, current + 1):
        if step > after and hmac.compare_digest(totp.generate_otp(step), code.strip()):
            return step
    return None


def _digest(officer: Officer, code: str) -> str:
    key = settings.SECRET_KEY.encode() + officer.pk.bytes
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


def _fernet() -> Fernet:
    derived = hashlib.sha256(b"totp:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(derived))


def _seal(secret: str) -> str:
    return _fernet().encrypt(secret.encode()).decode()


def _open(sealed: str) -> str:
    return _fernet().decrypt(sealed.encode()).decode()
