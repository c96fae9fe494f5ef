from datetime import timedelta

import pyotp
import pytest

from luzeiro.casework.officers.credentials import FAILURES_ALLOWED
from luzeiro.casework.officers.models import Officer, Passkey, RecoveryCode
from luzeiro.casework.officers.refusals import LastFactor, WrongCode
from luzeiro.casework.officers.second_factor import (
    RECOVERY_CODES,
    STEP_S,
    check_code,
    has_second_factor,
    new_secret,
    picture,
    provisioning,
    remove_passkey,
    reset,
    set_totp,
)
from tests.casework.world import NOW

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238: "12345678901234567890"
STEP = timedelta(seconds=STEP_S)


def code(at: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(NOW + at * STEP)


@pytest.fixture
def codes(ana: Officer) -> list[str]:
    return set_totp(officer=ana, secret=SECRET, code=code(), now=NOW)


def test_codes_are_those_of_rfc_6238() -> None:
    assert pyotp.TOTP(SECRET, digits=8).at(1_111_111_109) == "07081804"


def test_codes_are_turned_on_once_the_first_one_fits(ana: Officer) -> None:
    with pytest.raises(WrongCode):
        set_totp(officer=ana, secret=SECRET, code="000000", now=NOW)
    assert not has_second_factor(ana)
    made = set_totp(officer=ana, secret=SECRET, code=code(), now=NOW)
    assert has_second_factor(ana)
    assert len(set(made)) == RECOVERY_CODES


def test_the_secret_is_sealed_where_it_lies(ana: Officer, codes: list[str]) -> None:
    assert SECRET not in Officer.objects.get(pk=ana.pk).totp_secret
    kept = str(list(RecoveryCode.objects.values()))
    assert not [one for one in codes if one in kept]


def test_a_code_counts_once_and_within_a_step(ana: Officer, codes: list[str]) -> None:
    del codes
    with pytest.raises(WrongCode):  # the one that turned codes on
        check_code(officer=ana, code=code(), now=NOW)
    assert check_code(officer=ana, code=code(1), now=NOW) == "totp"
    with pytest.raises(WrongCode):
        check_code(officer=ana, code=code(1), now=NOW)
    with pytest.raises(WrongCode):
        check_code(officer=ana, code=code(3), now=NOW)
    assert check_code(officer=ana, code=code(3), now=NOW + 4 * STEP) == "totp"


def test_recovery_codes_are_of_128_random_bits_each(codes: list[str]) -> None:
    assert {len(bytes.fromhex(one.replace("-", ""))) for one in codes} == {16}
    assert len(set(codes)) == len(codes) == 10


def test_a_recovery_code_counts_once(ana: Officer, codes: list[str]) -> None:
    assert check_code(officer=ana, code=f" {codes[0].upper()} ", now=NOW) == "recovery code"
    with pytest.raises(WrongCode):
        check_code(officer=ana, code=codes[0], now=NOW)


def test_wrong_recovery_codes_are_counted_and_lock(ana: Officer, codes: list[str]) -> None:
    for guess in range(FAILURES_ALLOWED):
        with pytest.raises(WrongCode):
            check_code(officer=ana, code=f"abcdef0{guess}-abcdef01", now=NOW)
    with pytest.raises(WrongCode):
        check_code(officer=ana, code=codes[0], now=NOW)
    assert Officer.objects.get().locked_until is not None


def test_one_officers_recovery_code_is_not_anothers(
    ana: Officer, carla: Officer, codes: list[str]
) -> None:
    del ana
    set_totp(officer=carla, secret=SECRET, code=code(), now=NOW)
    with pytest.raises(WrongCode):
        check_code(officer=carla, code=codes[0], now=NOW)


def test_the_only_factor_stays(ana: Officer) -> None:
    key = Passkey.objects.create(officer=ana, credential_id=b"1", credential=b"2", added_at=NOW)
    with pytest.raises(LastFactor):
        remove_passkey(officer=ana, passkey=key, now=NOW)
    set_totp(officer=ana, secret=SECRET, code=code(), now=NOW)
    remove_passkey(officer=ana, passkey=key, now=NOW)
    assert not Passkey.objects.exists()


def test_a_reset_takes_everything(ana: Officer, carla: Officer, codes: list[str]) -> None:
    del codes
    reset(officer=ana, by=carla, now=NOW)
    assert not has_second_factor(ana)
    assert not RecoveryCode.objects.exists()


def test_the_picture_needs_no_request_and_no_inline_style(ana: Officer) -> None:
    drawn = picture(provisioning(ana, new_secret()))
    assert drawn.startswith("<svg")
    assert "style=" not in drawn
    assert "href" not in drawn
