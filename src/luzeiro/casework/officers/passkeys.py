"""WebAuthn (W3C Web Authentication, level 2): adding an authenticator, and signing in with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    UserVerificationRequirement,
)

from luzeiro.casework.journal.record import record
from luzeiro.casework.officers.credentials import count_failure, is_locked
from luzeiro.casework.officers.models import Officer, Passkey
from luzeiro.casework.officers.refusals import WrongCode

State = dict[str, Any]  # fido2's own, as JSON; kept in the session between the two steps


def begin_adding(officer: Officer, host: str) -> tuple[dict[str, Any], State]:
    """Give the browser's options, and the state for `finish_adding`."""
    user = PublicKeyCredentialUserEntity(
        name=officer.login, id=officer.pk.bytes, display_name=officer.name
    )
    options, state = _server(host).register_begin(
        user, _known(officer), user_verification=UserVerificationRequirement.PREFERRED
    )
    return dict(options), state


@transaction.atomic
def finish_adding(
    *,
    officer: Officer,
    host: str,
    state: State,
    answer: Mapping[str, Any],
    label: str,
    now: datetime,
) -> Passkey:
    """Keep a new authenticator's public key.

    Raises:
        WrongCode: the answer is not to our challenge, or not from this origin.
    """
    try:
        made = _server(host).register_complete(state, answer).credential_data
    except (ValueError, KeyError, TypeError) as error:
        raise WrongCode from error
    if made is None:
        raise WrongCode
    record(
        "officer.passkey-added", subject=officer.pk, actor=officer, at=now, facts={"label": label}
    )
    return Passkey.objects.create(
        officer=officer,
        credential_id=made.credential_id,
        credential=bytes(made),
        label=label[:60],
        added_at=now,
    )


def begin_checking(officer: Officer, host: str) -> tuple[dict[str, Any], State] | None:
    """Give the browser's options, and the state for `finish_checking`; None without a passkey."""
    known = _known(officer)
    if not known:
        return None
    options, state = _server(host).authenticate_begin(
        known, user_verification=UserVerificationRequirement.PREFERRED
    )
    return dict(options), state


def finish_checking(
    *, officer: Officer, host: str, state: State, answer: Mapping[str, Any], now: datetime
) -> None:
    """Check an authenticator's answer.

    Raises:
        WrongCode: not to our challenge, not from this origin, not its key, or a copied key whose
            counter went back. Counted.
    """
    if is_locked(officer, now):
        raise WrongCode
    try:
        parsed = AuthenticationResponse.from_dict(answer)
        _server(host).authenticate_complete(state, _known(officer), parsed)
    except (ValueError, KeyError, TypeError) as error:
        count_failure(officer, what="passkey", now=now)
        raise WrongCode from error
    counter = parsed.response.authenticator_data.counter
    passkey = next(
        one
        for one in Passkey.objects.filter(officer=officer)
        if bytes(one.credential_id) == parsed.raw_id
    )
    if counter and counter <= passkey.sign_count:
        count_failure(officer, what="passkey counter", now=now)
        raise WrongCode
    Passkey.objects.filter(pk=passkey.pk).update(sign_count=counter)


def _server(host: str) -> Fido2Server:
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=name, name="Luzeiro"),
        attestation=AttestationConveyancePreference.NONE,
    )


def _known(officer: Officer) -> list[AttestedCredentialData]:
    return [
        AttestedCredentialData(bytes(passkey.credential))
        for passkey in Passkey.objects.filter(officer=officer)
    ]
