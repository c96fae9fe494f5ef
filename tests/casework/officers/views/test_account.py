import json
from datetime import timedelta

import pyotp
from django.utils import timezone

from luzeiro.casework.officers.credentials import check_password
from luzeiro.casework.officers.models import Certificate, Officer, Passkey, Role, SignedIn, Unit
from luzeiro.casework.officers.second_factor import has_second_factor
from luzeiro.casework.officers.training import enrol, found_course, schedule
from tests.casework.officers.test_passkeys import Key
from tests.casework.world import NOW, PASSWORD, officer, signed_in


def test_codes_are_turned_on_and_recovery_codes_shown_once(ana: Officer) -> None:
    client = signed_in(ana, factor=False, fresh=False)
    assert "<svg" in client.get("/factor/set-up").content.decode()
    secret = client.session["new_secret"]
    assert client.post("/factor/set-up", {"code": "000000"}).status_code == 422
    answer = client.post("/factor/set-up", {"code": pyotp.TOTP(secret).now()}, follow=True)
    assert answer.content.decode().count("<li><code>") == 10
    assert client.get("/factor/codes")["Location"] == "/"
    assert client.get("/leads/").status_code == 200


def test_a_second_factor_is_replaced_only_once_shown_again(ana: Officer) -> None:
    Passkey.objects.create(officer=ana, credential_id=b"1", credential=b"2", added_at=NOW)
    client = signed_in(ana, fresh=False)
    assert client.get("/factor/set-up")["Location"].startswith("/confirm")
    assert client.post("/factor/codes/renew")["Location"].startswith("/confirm")
    assert client.post("/factor/passkey", "{}", "application/json").status_code == 422


def test_a_passkey_is_added_and_gives_recovery_codes_the_first_time(ana: Officer) -> None:
    client = signed_in(ana, factor=False, fresh=False)
    options = json.loads(
        client.post("/factor/passkey/options", headers={"host": "localhost"}).content
    )
    answer = Key().make(options) | {"label": "blue key"}
    told = client.post(
        "/factor/passkey", json.dumps(answer), "application/json", headers={"host": "localhost"}
    )
    assert json.loads(told.content) == {"next": "/factor/codes"}
    assert Passkey.objects.get().label == "blue key"
    assert has_second_factor(ana)


def test_ones_only_passkey_stays(ana: Officer, carla: Officer) -> None:
    key = Passkey.objects.create(officer=ana, credential_id=b"1", credential=b"2", added_at=NOW)
    assert signed_in(carla).post(f"/factor/passkey/{key.pk}/remove").status_code == 404
    signed_in(ana).post(f"/factor/passkey/{key.pk}/remove")
    assert Passkey.objects.exists()


def test_an_agreement_comes_before_anything_else(ana: Officer) -> None:
    Officer.objects.update(agreed_at=None)
    client = signed_in(ana)
    assert client.get("/leads/")["Location"] == "/agreement"
    assert client.post("/agreement", {"accepted": ""}).status_code == 422
    client.post("/agreement", {"accepted": "on"})
    assert client.get("/leads/").status_code == 200


def test_lapsed_training_leaves_only_the_way_to_renew_it(ana: Officer, buenos_aires: Unit) -> None:
    tom = officer("tom", Role.TRAINER, of=buenos_aires)
    course = found_course(title="The course", validity_days=365, by=tom, now=NOW)
    coming = timezone.now() + timedelta(days=3)
    session = schedule(course=course, starts_at=coming, place="Rosario", by=tom, now=NOW)
    enrol(session=session, officer=ana, by=tom, now=NOW)
    client = signed_in(ana)
    assert client.get("/renewal")["Location"] == "/"
    Officer.objects.filter(pk=ana.pk).update(trained_until=timezone.now().date() - timedelta(1))
    for path in ("/leads/", "/claims/", "/account", "/leads/map", "/addresses/check"):
        assert client.get(path)["Location"] == "/renewal", path
    told = client.get("/renewal").content.decode()
    assert "Rosario" in told
    assert "You have a seat" in told


def test_an_officer_chooses_her_language(ana: Officer) -> None:
    client = signed_in(ana)
    client.post("/account", {"language": "es"})
    answer = client.get("/account")
    assert "Su cuenta" in answer.content.decode()
    assert answer["Content-Language"] == "es"


def test_other_sessions_can_be_ended(ana: Officer) -> None:
    here, there = signed_in(ana), signed_in(ana)
    for client in (here, there):
        key = client.session.session_key or ""
        SignedIn.objects.create(officer=ana, session_key=key, began_at=NOW)
    here.post("/account/sessions/end")
    assert here.get("/leads/").status_code == 200
    assert there.get("/leads/").status_code == 302


def test_a_password_is_changed_by_who_knows_it_and_ends_all_other_sessions(ana: Officer) -> None:
    here, there = signed_in(ana), signed_in(ana)
    for client in (here, there):
        key = client.session.session_key or ""
        SignedIn.objects.create(officer=ana, session_key=key, began_at=NOW)
    before, wanted = here.session.session_key, "another long enough sentence"
    sent = {"current": PASSWORD, "password": wanted, "again": wanted}
    refused = here.post("/account/password", sent | {"current": "a guess"})
    assert refused.status_code == 422
    assert wanted not in refused.content.decode()
    assert here.post("/account/password", sent | {"again": "other"}).status_code == 422
    assert there.get("/leads/").status_code == 200
    answer = here.post("/account/password", sent, follow=True)
    assert "Your password was changed" in answer.content.decode()
    assert here.session.session_key == SignedIn.objects.get().session_key != before
    assert there.get("/leads/").status_code == 302
    assert check_password(login="ana", password=wanted, now=NOW) == ana


def test_a_password_is_changed_only_once_the_second_factor_was_shown_again(ana: Officer) -> None:
    answer = signed_in(ana, fresh=False).get("/account/password")
    assert answer["Location"] == "/confirm?next=%2Faccount%2Fpassword"


def test_who_has_no_password_is_not_asked_to_change_it(ana: Officer) -> None:
    client = signed_in(ana)
    assert "/account/password" in client.get("/account").content.decode()
    ana.set_unusable_password()
    ana.save()
    assert "/account/password" not in signed_in(ana).get("/account").content.decode()


def test_other_sessions_end_only_once_the_second_factor_was_shown_again(ana: Officer) -> None:
    answer = signed_in(ana, fresh=False).post("/account/sessions/end")
    assert answer["Location"] == "/confirm?next=%2Faccount"


def test_confirming_shows_the_second_factor_again(ana: Officer) -> None:
    client = signed_in(ana, factor=False)
    client.get("/factor/set-up")
    secret = client.session["new_secret"]
    client.post("/factor/set-up", {"code": pyotp.TOTP(secret).now()})
    session = client.session
    session["confirmed_at"] = 0.0
    session.save()
    path = "/confirm?next=/factor/set-up"
    assert client.post(path, {"code": "000000"}).status_code == 422
    later = pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=30))
    before = client.session.session_key or ""
    SignedIn.objects.create(officer=ana, session_key=before, began_at=NOW)
    assert client.post(path, {"code": later})["Location"] == "/factor/set-up"
    # A session that may do more has a key that nobody knew before, and is listed under it.
    assert client.session.session_key == SignedIn.objects.get().session_key != before
    assert client.get("/factor/set-up").status_code == 200


def test_nobody_elses_certificates_are_in_an_account(ana: Officer) -> None:
    assert not Certificate.objects.exists()
    assert "None." in signed_in(ana).get("/account").content.decode()
