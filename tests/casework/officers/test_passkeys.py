import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestedCredentialData, AuthenticatorData

from luzeiro.casework.officers.models import Officer, Passkey
from luzeiro.casework.officers.passkeys import (
    begin_adding,
    begin_checking,
    finish_adding,
    finish_checking,
)
from luzeiro.casework.officers.refusals import WrongCode
from tests.casework.world import NOW

HOST = "localhost"
FLAGS = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """An authenticator in memory (WebAuthn, level 2, section 6)."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        public = ES256.from_cryptography_key(  # type: ignore[no-untyped-call]
            self.private.public_key()
        )
        self.credential = AttestedCredentialData.create(Aaguid(bytes(16)), b"key-1", public)
        self.counter = 0

    def make(self, options: dict[str, Any], origin: str = "https://localhost") -> dict[str, Any]:
        client = self._client("webauthn.create", options, origin)
        attested = AuthenticatorData.create(
            hashlib.sha256(HOST.encode()).digest(), FLAGS | AuthenticatorData.FLAG.AT, 0,
            bytes(self.credential),
        )  # fmt: skip
        held = cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(attested)})
        return self._answer(clientDataJSON=b64(client), attestationObject=b64(held))

    def sign(self, options: dict[str, Any], origin: str = "https://localhost") -> dict[str, Any]:
        self.counter += 1
        client = self._client("webauthn.get", options, origin)
        data = AuthenticatorData.create(hashlib.sha256(HOST.encode()).digest(), FLAGS, self.counter)
        signed = bytes(data) + hashlib.sha256(client).digest()
        signature = self.private.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=b64(client), authenticatorData=b64(bytes(data)),
            signature=b64(signature), userHandle=None,
        )  # fmt: skip

    def _client(self, kind: str, options: dict[str, Any], origin: str) -> bytes:
        challenge = dict(options["publicKey"])["challenge"]
        held = challenge if isinstance(challenge, str) else b64(challenge)
        return json.dumps({"type": kind, "challenge": held, "origin": origin}).encode()

    def _answer(self, **response: Any) -> dict[str, Any]:
        return {
            "id": b64(b"key-1"), "rawId": b64(b"key-1"), "type": "public-key",
            "clientExtensionResults": {}, "response": response,
        }  # fmt: skip


@pytest.fixture
def key(ana: Officer) -> Key:
    made = Key()
    options, state = begin_adding(ana, HOST)
    answer = made.make(options)
    finish_adding(officer=ana, host=HOST, state=state, answer=answer, label="key", now=NOW)
    return made


def test_an_authenticator_is_added_and_signs_in(ana: Officer, key: Key) -> None:
    begun = begin_checking(ana, f"{HOST}:8443")
    assert begun is not None
    options, state = begun
    finish_checking(officer=ana, host=HOST, state=state, answer=key.sign(options), now=NOW)
    assert Passkey.objects.get().sign_count == 1


def test_an_answer_from_another_origin_is_refused(ana: Officer, key: Key) -> None:
    begun = begin_checking(ana, HOST)
    assert begun is not None
    answer = key.sign(begun[0], origin="https://elsewhere.example")
    with pytest.raises(WrongCode):
        finish_checking(officer=ana, host=HOST, state=begun[1], answer=answer, now=NOW)
    assert Officer.objects.get().failures == 1


def test_an_answer_to_another_challenge_is_refused(ana: Officer, key: Key) -> None:
    first, second = begin_checking(ana, HOST), begin_checking(ana, HOST)
    assert first is not None
    assert second is not None
    answer = key.sign(first[0])
    with pytest.raises(WrongCode):
        finish_checking(officer=ana, host=HOST, state=second[1], answer=answer, now=NOW)


def test_a_copied_key_shows_by_its_counter(ana: Officer, key: Key) -> None:
    for counter, fine in ((5, True), (3, False)):
        key.counter = counter
        begun = begin_checking(ana, HOST)
        assert begun is not None
        answer = key.sign(begun[0])
        if fine:
            finish_checking(officer=ana, host=HOST, state=begun[1], answer=answer, now=NOW)
        else:
            with pytest.raises(WrongCode):
                finish_checking(officer=ana, host=HOST, state=begun[1], answer=answer, now=NOW)


@pytest.mark.parametrize("answer", [{}, {"id": 1}, {"response": {}}, {"rawId": "x", "id": "x"}])
def test_what_is_no_answer_is_refused(ana: Officer, key: Key, answer: dict[str, Any]) -> None:
    del key
    begun = begin_checking(ana, HOST)
    assert begun is not None
    with pytest.raises(WrongCode):
        finish_checking(officer=ana, host=HOST, state=begun[1], answer=answer, now=NOW)


def test_who_has_no_passkey_is_not_asked_for_one(ana: Officer) -> None:
    assert begin_checking(ana, HOST) is None
